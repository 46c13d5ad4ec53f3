"""The tables and triggers that Django can't describe, for PostgreSQL and SQLite. Migrations run these statements."""

from __future__ import annotations

_COLUMNS = """
    id bigint NOT NULL {identity},
    part bigint NOT NULL,
    book_id bigint NOT NULL,
    batch_id bigint NOT NULL,
    giver_id bigint NOT NULL,
    taker_id bigint NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    kind varchar(40) NOT NULL,
    effect smallint NOT NULL CHECK (effect BETWEEN 0 AND 3),
    event_day date NOT NULL,
    lot_day date NOT NULL,
    posted_at {moment} NOT NULL,
    key varchar(160) NOT NULL,
    rule_hash varchar(64) NOT NULL,
    reverses bigint,
    CHECK (giver_id <> taker_id),
    CHECK ((effect >= 2) = (reverses IS NOT NULL))
"""

_REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
   USING ERRCODE = 'integrity_constraint_violation'; END $$
"""
_REFUSE_SEALED = """
CREATE FUNCTION ledger_refuse_sealed() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
   IF TG_OP = 'DELETE' OR OLD.sealed_at IS NOT NULL THEN
     RAISE EXCEPTION 'a sealed batch is never changed, a batch never deleted'
       USING ERRCODE = 'integrity_constraint_violation';
   END IF;
   RETURN NEW; END $$
"""
_REFUSE_LATE = """
CREATE FUNCTION ledger_refuse_late() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
   IF NOT EXISTS (SELECT 1 FROM ledger_batch WHERE id = NEW.batch_id AND sealed_at IS NULL) THEN
     RAISE EXCEPTION 'batch % is sealed', NEW.batch_id USING ERRCODE = 'integrity_constraint_violation';
   END IF;
   RETURN NEW; END $$
"""

#: One transfer in one round trip, its plans kept for the session; each statement in it sees what was committed before.
#: NULL: nothing was written, because of the key, of an earlier reversal, or of what the giver holds.
_MOVE = """
CREATE FUNCTION ledger_move(
    lock_class integer, book bigint, giver bigint, gives_guarded boolean, taker bigint, takes_guarded boolean,
    moved bigint, of_kind varchar, with_effect integer, on_day date, of_lot date, at timestamptz, by_key varchar,
    by_rule varchar, undoes bigint
) RETURNS bigint LANGUAGE plpgsql AS
$$ DECLARE written bigint; BEGIN
   PERFORM pg_advisory_xact_lock_shared(lock_class, book::integer);
   IF EXISTS (SELECT 1 FROM ledger_transfer_live WHERE key = by_key) THEN RETURN NULL; END IF;
   IF undoes IS NOT NULL AND EXISTS (SELECT 1 FROM ledger_transfer WHERE reverses = undoes) THEN RETURN NULL; END IF;
   IF gives_guarded AND takes_guarded THEN
     PERFORM 1 FROM ledger_account WHERE id IN (giver, taker) ORDER BY id FOR UPDATE;
   END IF;
   IF gives_guarded THEN
     UPDATE ledger_account SET balance = balance - moved,
       debited = debited + CASE with_effect WHEN 0 THEN moved ELSE 0 END,
       expired = expired + CASE with_effect WHEN 1 THEN moved ELSE 0 END,
       credited = credited - CASE with_effect WHEN 2 THEN moved ELSE 0 END
     WHERE id = giver AND closed_at IS NULL AND balance >= moved;
     IF NOT FOUND THEN RETURN NULL; END IF;
   END IF;
   IF takes_guarded THEN
     UPDATE ledger_account SET balance = balance + moved,
       credited = credited + CASE with_effect WHEN 0 THEN moved ELSE 0 END,
       debited = debited - CASE with_effect WHEN 2 THEN moved ELSE 0 END,
       expired = expired - CASE with_effect WHEN 3 THEN moved ELSE 0 END
     WHERE id = taker AND closed_at IS NULL;
     IF NOT FOUND THEN RAISE EXCEPTION 'account % is closed', taker
       USING ERRCODE = 'integrity_constraint_violation'; END IF;
   END IF;
   INSERT INTO ledger_transfer_live (id, part, book_id, batch_id, giver_id, taker_id, amount, kind, effect, event_day,
       lot_day, posted_at, key, rule_hash, reverses)
     SELECT nextval('ledger_transfer_ids'), 0, book, b.id, giver, taker, moved, of_kind, with_effect, on_day,
       of_lot, at, by_key, by_rule, undoes
     FROM ledger_batch AS b WHERE b.book_id = book AND b.kind = 'journal' AND b.sealed_at IS NULL
     RETURNING id INTO written;
   IF written IS NULL THEN RAISE EXCEPTION 'book % has no open journal', book
     USING ERRCODE = 'integrity_constraint_violation'; END IF;
   RETURN written; END $$
"""

#: Many plain transfers of one book in one statement each for accounts and rows; none is written where one can't be.
#: Accounts are locked in the order of their numbers, as ``ledger_move`` does, so that nobody waits in a ring.
MOVE_ALL = """
CREATE FUNCTION ledger_move_all(
    lock_class integer, book bigint, givers bigint[], takers bigint[], amounts bigint[], kinds varchar[], days date[],
    moments timestamptz[], keys varchar[], rules varchar[]
) RETURNS bigint[] LANGUAGE plpgsql SET enable_seqscan = off AS
$$ DECLARE waited text; journal bigint; written bigint[]; BEGIN
   waited := pg_advisory_xact_lock_shared(lock_class, book::integer)::text;
   SELECT id INTO journal FROM ledger_batch WHERE book_id = book AND kind = 'journal' AND sealed_at IS NULL;
   PERFORM 1 FROM ledger_account WHERE id = ANY (givers || takers) AND guarded ORDER BY id FOR NO KEY UPDATE;
   IF journal IS NULL OR EXISTS (SELECT 1 FROM ledger_transfer_live WHERE key = ANY (keys)) OR EXISTS (
     SELECT 1 FROM (SELECT giver, sum(amount) AS given FROM unnest(givers, amounts) AS d (giver, amount) GROUP BY giver)
       AS d JOIN ledger_account AS a ON a.id = d.giver
     WHERE a.book_id <> book OR a.closed_at IS NOT NULL OR a.balance < d.given
   ) OR EXISTS (
     SELECT 1 FROM ledger_account WHERE id = ANY (takers) AND (book_id <> book OR closed_at IS NOT NULL)
   ) THEN RETURN NULL; END IF;
   UPDATE ledger_account AS a SET balance = balance + d.taken - d.given, credited = credited + d.taken,
     debited = debited + d.given
   FROM (
     SELECT side.account, sum(side.given)::bigint AS given, sum(side.taken)::bigint AS taken FROM (
       SELECT giver, amount, 0 FROM unnest(givers, amounts) AS g (giver, amount)
       UNION ALL SELECT taker, 0, amount FROM unnest(takers, amounts) AS t (taker, amount)
     ) AS side (account, given, taken) GROUP BY side.account
   ) AS d WHERE a.id = d.account AND a.guarded;
   WITH fresh AS (
     INSERT INTO ledger_transfer_live (id, part, book_id, batch_id, giver_id, taker_id, amount, kind, effect, event_day,
       lot_day, posted_at, key, rule_hash, reverses)
     SELECT nextval('ledger_transfer_ids'), 0, book, journal, d.giver, d.taker, d.amount, d.kind, 0, d.day, d.day,
       d.moment, d.key, d.rule, NULL
     FROM unnest(givers, takers, amounts, kinds, days, moments, keys, rules)
       AS d (giver, taker, amount, kind, day, moment, key, rule)
     RETURNING id, key
   ) SELECT array_agg(id ORDER BY array_position(keys, key)) INTO written FROM fresh;
   RETURN written; END $$
"""

#: A session keeps the plans it made on its first calls. Made on a young ledger they would read all of it for each key,
#: and go on so while it grows: so they are made to look keys up from the first call on.
LOOK_KEYS_UP = "ALTER FUNCTION ledger_move SET enable_seqscan = off"

#: A plan made for one group's numbers may join its accounts by reading the index of all accounts in order, however few
#: are meant. These functions look each account and key up, whatever the group and the age of the statistics, and keep
#: that one plan for the session.
LOOK_ACCOUNTS_UP = tuple(
    f"ALTER FUNCTION {name} SET {setting}"
    for name in ("ledger_move_all", "ledger_hold_all")
    for setting in ("enable_mergejoin = off", "enable_hashjoin = off", "plan_cache_mode = force_generic_plan")
)

#: As many holds: the movements into what is held, and a pending hold of each.
HOLD_ALL = """
CREATE FUNCTION ledger_hold_all(
    lock_class integer, book bigint, givers bigint[], held bigint[], takers bigint[], amounts bigint[],
    kinds varchar[], days date[], moments timestamptz[], untils timestamptz[], keys varchar[], rules varchar[]
) RETURNS bigint[] LANGUAGE plpgsql SET enable_seqscan = off AS
$$ DECLARE written bigint[]; BEGIN
   written := ledger_move_all(lock_class, book, givers, held, amounts, kinds, days, moments, keys, rules);
   IF written IS NULL THEN RETURN NULL; END IF;
   WITH fresh AS (
     INSERT INTO ledger_hold (book_id, transfer_id, giver_id, held_id, taker_id, amount, key, state, made_at, until)
     SELECT book, d.transfer, d.giver, d.held, d.taker, d.amount, d.key, 'pending', d.moment, d.until
     FROM unnest(written, givers, held, takers, amounts, keys, moments, untils)
       AS d (transfer, giver, held, taker, amount, key, moment, until)
     RETURNING id, transfer_id
   ) SELECT array_agg(id ORDER BY array_position(written, transfer_id)) INTO written FROM fresh;
   RETURN written; END $$
"""

#: The guard of sealed journals asks once for a statement, however many rows it writes. A trigger hears of the rows
#: of the table that a statement names, so that the whole ledger and its journals' part have one each.
REFUSE_LATE_AT_ONCE = (
    """
CREATE FUNCTION ledger_refuse_late_rows() RETURNS trigger LANGUAGE plpgsql AS
$$ DECLARE late bigint; BEGIN
   SELECT fresh.batch_id INTO late FROM (SELECT DISTINCT batch_id FROM written WHERE part = 0) AS fresh
     WHERE NOT EXISTS (SELECT 1 FROM ledger_batch WHERE id = fresh.batch_id AND sealed_at IS NULL) LIMIT 1;
   IF FOUND THEN
     RAISE EXCEPTION 'batch % is sealed', late USING ERRCODE = 'integrity_constraint_violation';
   END IF;
   RETURN NULL; END $$
""",
    *(
        f"CREATE TRIGGER ledger_open_only_at_once AFTER INSERT ON {table} REFERENCING NEW TABLE AS written "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_late_rows()"
        for table in ("ledger_transfer", "ledger_transfer_live")
    ),
    "DROP TRIGGER ledger_open_only ON ledger_transfer_live",
    "DROP FUNCTION ledger_refuse_late",
)

#: A hold is never deleted, so that whatever names it needs no look at it each time.
KEEP_HOLDS = {
    "postgresql": (
        "CREATE TRIGGER ledger_hold_kept BEFORE DELETE ON ledger_hold FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
    ),
    "sqlite": (
        "CREATE TRIGGER ledger_hold_kept BEFORE DELETE ON ledger_hold "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE of ledger_hold is refused'); END"
    ),
}

POSTGRESQL = (
    f"CREATE TABLE ledger_transfer ({_COLUMNS.format(identity='', moment='timestamptz')}) PARTITION BY LIST (part)",
    "CREATE SEQUENCE ledger_transfer_ids CACHE 1",
    "CREATE TABLE ledger_transfer_live PARTITION OF ledger_transfer FOR VALUES IN (0)",
    "ALTER TABLE ledger_transfer_live ADD CONSTRAINT ledger_live_key CHECK (key NOT LIKE 'run/%%')",
    "CREATE UNIQUE INDEX ledger_live_key_once ON ledger_transfer_live (key)",
    "CREATE UNIQUE INDEX ledger_live_id ON ledger_transfer_live (id)",
    "CREATE UNIQUE INDEX ledger_live_reversed_once ON ledger_transfer_live (reverses) WHERE reverses IS NOT NULL",
    "CREATE INDEX ledger_live_giver ON ledger_transfer_live (giver_id)",
    "CREATE INDEX ledger_live_taker ON ledger_transfer_live (taker_id)",
    # Journals follow one another, so that a range of pages tells which batch a row is of.
    "CREATE INDEX ledger_live_batch ON ledger_transfer_live USING brin (batch_id) WITH (pages_per_range = 16)",
    # Balances change in place as long as a page has room: no index entry is written for a new balance.
    "ALTER TABLE ledger_account SET (fillfactor = 50)",
    _REFUSE,
    _REFUSE_SEALED,
    _REFUSE_LATE,
    _MOVE,
    (
        "CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_transfer "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse()"
    ),
    (
        "CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger_transfer "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
    ),
    (
        "CREATE TRIGGER ledger_never_emptied BEFORE TRUNCATE ON ledger_transfer_live "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
    ),
    (
        "CREATE TRIGGER ledger_open_only BEFORE INSERT ON ledger_transfer_live "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse_late()"
    ),
    (
        "CREATE TRIGGER ledger_batch_sealed BEFORE UPDATE OR DELETE ON ledger_batch "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuse_sealed()"
    ),
    "CREATE TRIGGER ledger_account_kept BEFORE DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_refuse()",
)

SQLITE = (
    f"CREATE TABLE ledger_transfer ({_COLUMNS.format(identity='', moment='datetime')}, PRIMARY KEY (id))".replace(
        "id bigint NOT NULL ,", "id integer NOT NULL,", 1
    ),
    "CREATE UNIQUE INDEX ledger_key_once ON ledger_transfer (key)",
    "CREATE UNIQUE INDEX ledger_reversed_once ON ledger_transfer (reverses) WHERE reverses IS NOT NULL",
    "CREATE INDEX ledger_giver ON ledger_transfer (giver_id)",
    "CREATE INDEX ledger_taker ON ledger_transfer (taker_id)",
    "CREATE INDEX ledger_batch_rows ON ledger_transfer (batch_id)",
    (
        "CREATE TRIGGER ledger_never_updated BEFORE UPDATE ON ledger_transfer "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE of ledger_transfer is refused'); END"
    ),
    (
        "CREATE TRIGGER ledger_never_deleted BEFORE DELETE ON ledger_transfer "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE of ledger_transfer is refused'); END"
    ),
    (
        "CREATE TRIGGER ledger_open_only BEFORE INSERT ON ledger_transfer "
        "WHEN NOT EXISTS (SELECT 1 FROM ledger_batch WHERE id = NEW.batch_id AND sealed_at IS NULL) "
        "BEGIN SELECT RAISE(ABORT, 'the batch is sealed'); END"
    ),
    (
        "CREATE TRIGGER ledger_batch_sealed BEFORE UPDATE ON ledger_batch WHEN OLD.sealed_at IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'a sealed batch is never changed, a batch never deleted'); END"
    ),
    (
        "CREATE TRIGGER ledger_batch_kept BEFORE DELETE ON ledger_batch "
        "BEGIN SELECT RAISE(ABORT, 'a sealed batch is never changed, a batch never deleted'); END"
    ),
    (
        "CREATE TRIGGER ledger_account_kept BEFORE DELETE ON ledger_account "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE of ledger_account is refused'); END"
    ),
)

#: Run once the rows of a run are in its own table, before it becomes a part of the ledger.
SEAL_PARTITION = (
    (
        "CREATE TRIGGER ledger_closed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
    ),
)


def statements(vendor: str) -> tuple[str, ...]:
    """Return the statements that make the transfers' table and its guards."""
    return POSTGRESQL if vendor == "postgresql" else SQLITE


#: Sums of amounts as whole numbers: what overflows is refused, and nothing is made a decimal and back.
SUM = (
    "CREATE AGGREGATE ledger_sum(bigint) (SFUNC = int8pl, STYPE = bigint, INITCOND = '0', COMBINEFUNC = int8pl,"
    " PARALLEL = SAFE)"
)
