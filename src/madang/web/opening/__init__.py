"""Opening the site: a database made once and copied, the content brought in, the server started."""
