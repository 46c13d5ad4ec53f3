"""PostgreSQL's functions that write many transfers, and many holds, of one book: all of them, or none.

They stand in the place of ``schema.MOVE_ALL`` and ``schema.HOLD_ALL``: each account is looked up once, to be judged and
changed, and numbers are taken before the rows are written, so that no row is sought afterwards.
"""

from __future__ import annotations

from madang.web.ledger.schema import HOLD_ALL, LOOK_ACCOUNTS_UP, MOVE_ALL

_LOOK_UP = "SET enable_seqscan = off SET enable_mergejoin = off SET enable_hashjoin = off"
_ONE_PLAN = "SET plan_cache_mode = force_generic_plan"

#: NULL where the book has no open journal. It raises where an account is closed, missing or another book's, or a
#: guarded one holds too little; the index of keys raises where one was used.
#: Guarded accounts are judged and changed by one update, which takes them in the order of their numbers, as
#: ``ledger_move`` does, so that nobody waits in a ring: with merge and hash joins off the update goes through the
#: sorted ones and looks each up, since the limit lets the planner expect a single one. Sinks and issuers are not
#: locked: what goes to them would wait for each other. A lock waited for is judged by what is true after the wait.
MOVE_MANY = f"""
CREATE OR REPLACE FUNCTION ledger_move_all(
    lock_class integer, book bigint, givers bigint[], takers bigint[], amounts bigint[], kinds varchar[], days date[],
    moments timestamptz[], keys varchar[], rules varchar[]
) RETURNS bigint[] LANGUAGE plpgsql {_LOOK_UP} {_ONE_PLAN} AS
$$ DECLARE
   waited text; journal bigint; accounts bigint[]; given bigint[]; taken bigint[]; changed bigint; open_ones bigint;
   numbers bigint[];
 BEGIN
   waited := pg_advisory_xact_lock_shared(lock_class, book::integer)::text;
   SELECT id INTO journal FROM ledger_batch WHERE book_id = book AND kind = 'journal' AND sealed_at IS NULL;
   IF journal IS NULL THEN RETURN NULL; END IF;
   SELECT array_agg(d.account), array_agg(d.given), array_agg(d.taken) INTO accounts, given, taken FROM (
     SELECT side.account, ledger_sum(side.given) AS given, ledger_sum(side.taken) AS taken FROM (
       SELECT giver, amount, 0::bigint FROM unnest(givers, amounts) AS g (giver, amount)
       UNION ALL SELECT taker, 0::bigint, amount FROM unnest(takers, amounts) AS t (taker, amount)
     ) AS side (account, given, taken) GROUP BY side.account ORDER BY side.account
   ) AS d;
   UPDATE ledger_account AS a SET balance = balance + d.taken - d.given, credited = credited + d.taken,
     debited = debited + d.given
   FROM (SELECT * FROM unnest(accounts, given, taken) LIMIT cardinality(accounts)) AS d (account, given, taken)
   WHERE a.id = d.account AND a.guarded AND a.book_id = book AND a.closed_at IS NULL AND a.balance >= d.given;
   GET DIAGNOSTICS changed = ROW_COUNT;
   IF changed < cardinality(accounts) THEN
     SELECT count(*) INTO open_ones FROM ledger_account
       WHERE id = ANY (accounts) AND NOT guarded AND book_id = book AND closed_at IS NULL;
     IF changed + open_ones < cardinality(accounts) THEN
       RAISE EXCEPTION 'not all of these transfers can be written' USING ERRCODE = 'integrity_constraint_violation';
     END IF;
   END IF;
   numbers := ARRAY(SELECT nextval('ledger_transfer_ids') FROM generate_series(1, cardinality(keys)));
   INSERT INTO ledger_transfer_live (id, part, book_id, batch_id, giver_id, taker_id, amount, kind, effect, event_day,
     lot_day, posted_at, key, rule_hash, reverses)
   SELECT numbers[i], 0, book, journal, givers[i], takers[i], amounts[i], kinds[i], 0, days[i], days[i], moments[i],
     keys[i], rules[i], NULL
   FROM generate_series(1, cardinality(keys)) AS i;
   RETURN numbers; END $$
"""

#: As many holds: the movements into what is held, and a pending hold of each.
HOLD_MANY = f"""
CREATE OR REPLACE FUNCTION ledger_hold_all(
    lock_class integer, book bigint, givers bigint[], held bigint[], takers bigint[], amounts bigint[],
    kinds varchar[], days date[], moments timestamptz[], untils timestamptz[], keys varchar[], rules varchar[]
) RETURNS bigint[] LANGUAGE plpgsql {_ONE_PLAN} AS
$$ DECLARE written bigint[]; numbers bigint[]; BEGIN
   written := ledger_move_all(lock_class, book, givers, held, amounts, kinds, days, moments, keys, rules);
   IF written IS NULL THEN RETURN NULL; END IF;
   numbers := ARRAY(SELECT nextval('ledger_hold_id_seq') FROM generate_series(1, cardinality(keys)));
   INSERT INTO ledger_hold (id, book_id, transfer_id, giver_id, held_id, taker_id, amount, key, state, made_at, until)
   SELECT numbers[i], book, written[i], givers[i], held[i], takers[i], amounts[i], keys[i], 'pending', moments[i],
     untils[i]
   FROM generate_series(1, cardinality(keys)) AS i;
   RETURN numbers; END $$
"""

#: What stood there before, as migrations up to the seventh left it.
BEFORE = (
    *(old.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1) for old in (MOVE_ALL, HOLD_ALL)),
    *LOOK_ACCOUNTS_UP,
)
