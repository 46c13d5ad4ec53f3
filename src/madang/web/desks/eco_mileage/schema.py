"""What the desk asks of PostgreSQL itself: all that many orders write, in one round trip and one commit."""

from __future__ import annotations

#: Each order: member, item, account, shelf (or null), way, units, points, key, partner, at, day, until, actor, about,
#: code. No row is answered where one of them can't be served as it stands; where pieces run short, it raises.
ORDER_ALL = """
CREATE FUNCTION eco_order_all(lock_class integer, orders jsonb)
RETURNS TABLE (of_key varchar, id bigint, hold_id bigint, stock_hold_id bigint)
LANGUAGE plpgsql SET enable_seqscan = off AS
$$ DECLARE
   points_book bigint; stock_book bigint; held bigint; held_pieces bigint; delivered bigint; m integer;
   members bigint[]; items bigint[]; accounts bigint[]; shelves bigint[]; takers bigint[]; units bigint[];
   amounts bigint[]; keys varchar[]; partners varchar[]; moments timestamptz[]; days date[]; untils timestamptz[];
   holds bigint[]; pieces bigint[]; kinds varchar[]; rules varchar[]; keys_of_holds varchar[];
 BEGIN
   SELECT b.id INTO points_book FROM ledger_book AS b WHERE b.code = 'eco-mileage';
   SELECT a.id INTO held FROM ledger_account AS a WHERE a.book_id = points_book AND a.kind = 'held' AND a.owner = '';
   SELECT count(*), array_agg(o.member), array_agg(o.item), array_agg(o.account), array_agg(o.shelf),
     array_agg(w.id), array_agg(o.units), array_agg(o.points), array_agg(o.key), array_agg(o.partner),
     array_agg(o.at), array_agg(o.day), array_agg(o.until), array_agg('redeem/' || o.key)
   INTO m, members, items, accounts, shelves, takers, units, amounts, keys, partners, moments, days, untils,
     keys_of_holds
   FROM jsonb_to_recordset(orders) AS o (member bigint, item bigint, account bigint, shelf bigint, way varchar,
     units bigint, points bigint, key varchar, partner varchar, at timestamptz, day date, until timestamptz)
   LEFT JOIN ledger_account AS w ON w.book_id = points_book AND w.kind = o.way AND w.owner = '';
   IF held IS NULL OR array_position(takers, NULL) IS NOT NULL THEN RETURN; END IF;
   kinds := array_fill('redeem'::varchar, ARRAY[m]);
   rules := array_fill(''::varchar, ARRAY[m]);
   holds := ledger_hold_all(lock_class, points_book, accounts, array_fill(held, ARRAY[m]), takers, amounts, kinds,
     days, moments, untils, keys_of_holds, rules);
   IF holds IS NULL THEN RETURN; END IF;
   IF array_remove(shelves, NULL) <> '{}' THEN
     SELECT b.id INTO stock_book FROM ledger_book AS b WHERE b.code = 'eco-mileage-stock';
     SELECT a.id INTO held_pieces FROM ledger_account AS a
       WHERE a.book_id = stock_book AND a.kind = 'held' AND a.owner = '';
     SELECT a.id INTO delivered FROM ledger_account AS a
       WHERE a.book_id = stock_book AND a.kind = 'delivered' AND a.owner = '';
     SELECT ledger_hold_all(lock_class, stock_book, array_agg(d.shelf), array_agg(held_pieces), array_agg(delivered),
       array_agg(d.unit), array_agg('redeem'::varchar), array_agg(d.day), array_agg(d.moment), array_agg(d.until),
       array_agg(('redeem/' || d.key || '/stock')::varchar), array_agg(''::varchar))
     INTO pieces FROM unnest(shelves, units, days, moments, untils, keys)
       AS d (shelf, unit, day, moment, until, key) WHERE d.shelf IS NOT NULL;
     IF pieces IS NULL THEN
       RAISE EXCEPTION 'not all of these orders can be served' USING ERRCODE = 'integrity_constraint_violation';
     END IF;
   END IF;
   INSERT INTO eco_mileage_trail (at, actor, act, about, detail)
     SELECT now(), o.actor, 'redeemed', o.about,
       jsonb_build_object('item', o.code, 'units', o.units, 'points', o.points)
     FROM jsonb_to_recordset(orders)
       AS o (actor varchar, about varchar, code varchar, units bigint, points bigint);
   RETURN QUERY INSERT INTO eco_mileage_redemption AS r (member_id, item_id, units, points, hold_id, stock_hold_id, key,
       partner, made_at)
     SELECT d.member, d.item, d.unit, d.amount, d.hold,
       CASE WHEN d.shelf IS NOT NULL
         THEN pieces[(SELECT count(*) FROM unnest(shelves[1:d.place]) AS s (shelf) WHERE s.shelf IS NOT NULL)] END,
       d.key, d.partner, d.moment
     FROM unnest(members, items, units, amounts, holds, shelves, keys, partners, moments)
       WITH ORDINALITY AS d (member, item, unit, amount, hold, shelf, key, partner, moment, place)
     RETURNING r.key, r.id, r.hold_id, r.stock_hold_id;
 END $$
"""

#: One plan for every group and for the session, as the ledger's functions have.
ORDER_BY_ONE_PLAN = "ALTER FUNCTION eco_order_all SET plan_cache_mode = force_generic_plan"

#: In the place of ``ORDER_ALL``: what orders say comes as a column each, and is read once. The numbers of orders, holds
#: and held pieces are answered in the order asked; those of orders are NULL where an account or a journal is still to
#: be opened. Where a key was used, or points or pieces run short, it raises.
ORDER_MANY = """
CREATE FUNCTION eco_order_all(lock_class integer, members bigint[], numbers bigint[], accounts bigint[], items bigint[],
    codes varchar[], ways varchar[], shelves bigint[], units bigint[], amounts bigint[], keys varchar[],
    partners varchar[], moments timestamptz[], day date, lasting interval,
    OUT orders bigint[], OUT holds bigint[], OUT pieces bigint[])
LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS
$$ DECLARE
   points_book bigint; stock_book bigint; held bigint; held_pieces bigint; delivered bigint; taker bigint;
   takers bigint[]; untils timestamptz[]; keys_of_holds varchar[]; of_shelves bigint[]; m integer := cardinality(keys);
   days date[] := array_fill(day, ARRAY[m]); kinds varchar[] := array_fill('redeem'::varchar, ARRAY[m]);
   rules varchar[] := array_fill(''::varchar, ARRAY[m]);
 BEGIN
   SELECT b.id, (SELECT a.id FROM ledger_account AS a WHERE a.book_id = b.id AND a.kind = 'held' AND a.owner = ''),
     (SELECT a.id FROM ledger_account AS a WHERE a.book_id = b.id AND a.kind = ways[1] AND a.owner = '')
   INTO points_book, held, taker FROM ledger_book AS b WHERE b.code = 'eco-mileage';
   IF ways[1] = ALL (ways) THEN
     takers := array_fill(taker, ARRAY[m]);
   ELSE
     takers := ARRAY(SELECT (SELECT a.id FROM ledger_account AS a
       WHERE a.book_id = points_book AND a.kind = way AND a.owner = '') FROM unnest(ways) AS way);
   END IF;
   SELECT array_agg(d.moment + lasting), array_agg('redeem/' || d.key) INTO untils, keys_of_holds
     FROM unnest(moments, keys) AS d (moment, key);
   IF held IS NULL OR array_position(takers, NULL) IS NOT NULL THEN RETURN; END IF;
   holds := ledger_hold_all(lock_class, points_book, accounts, array_fill(held, ARRAY[m]), takers, amounts, kinds,
     days, moments, untils, keys_of_holds, rules);
   IF holds IS NULL THEN RETURN; END IF;
   IF array_remove(shelves, NULL) <> '{}' THEN
     SELECT b.id INTO stock_book FROM ledger_book AS b WHERE b.code = 'eco-mileage-stock';
     SELECT a.id INTO held_pieces FROM ledger_account AS a
       WHERE a.book_id = stock_book AND a.kind = 'held' AND a.owner = '';
     SELECT a.id INTO delivered FROM ledger_account AS a
       WHERE a.book_id = stock_book AND a.kind = 'delivered' AND a.owner = '';
     SELECT ledger_hold_all(lock_class, stock_book, array_agg(d.shelf), array_agg(held_pieces), array_agg(delivered),
       array_agg(d.unit), array_agg('redeem'::varchar), array_agg(day), array_agg(d.moment), array_agg(d.until),
       array_agg(('redeem/' || d.key || '/stock')::varchar), array_agg(''::varchar))
     INTO of_shelves FROM unnest(shelves, units, moments, untils, keys)
       AS d (shelf, unit, moment, until, key) WHERE d.shelf IS NOT NULL;
     IF of_shelves IS NULL THEN
       RAISE EXCEPTION 'not all of these orders can be served' USING ERRCODE = 'integrity_constraint_violation';
     END IF;
     SELECT array_agg(CASE WHEN d.shelf IS NOT NULL THEN of_shelves[d.nth] END ORDER BY d.place) INTO pieces FROM (
       SELECT s.shelf, s.place, count(s.shelf) OVER (ORDER BY s.place) AS nth
       FROM unnest(shelves) WITH ORDINALITY AS s (shelf, place)
     ) AS d;
   ELSE
     pieces := shelves;
   END IF;
   INSERT INTO eco_mileage_trail (at, actor, act, about, detail)
   SELECT now(), CASE d.partner WHEN '' THEN 'member ' || d.number ELSE d.partner END, 'redeemed', d.number,
     jsonb_build_object('item', d.code, 'units', d.unit, 'points', d.amount)
   FROM unnest(numbers, partners, codes, units, amounts) AS d (number, partner, code, unit, amount);
   orders := ARRAY(SELECT nextval('eco_mileage_redemption_id_seq') FROM generate_series(1, m));
   INSERT INTO eco_mileage_redemption (id, member_id, item_id, units, points, hold_id, stock_hold_id, key, partner,
     made_at)
   SELECT d.id, d.member, d.item, d.unit, d.amount, d.hold, d.piece, d.key, d.partner, d.moment
   FROM unnest(orders, members, items, units, amounts, holds, pieces, keys, partners, moments)
     AS d (id, member, item, unit, amount, hold, piece, key, partner, moment);
 END $$
"""

_REFUSE_DELETE = """
CREATE FUNCTION eco_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a row of % is never deleted', TG_TABLE_NAME
   USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def _kept(what: str) -> dict[str, str]:
    """Return the guard by which each database refuses to delete rows of a kind."""
    head = f"CREATE TRIGGER eco_{what}_kept BEFORE DELETE ON eco_mileage_{what} "
    return {
        "postgresql": head + "FOR EACH ROW EXECUTE FUNCTION eco_refuse_delete()",
        "sqlite": head + f"BEGIN SELECT RAISE(ABORT, 'a row of eco_mileage_{what} is never deleted'); END",
    }


#: What was ordered once stays in the catalogue, whether or not it is for sale.
KEEP_ITEMS = {"postgresql": (_REFUSE_DELETE, _kept("item")["postgresql"]), "sqlite": (_kept("item")["sqlite"],)}

#: Who ordered once stays: a member who leaves keeps an empty row.
KEEP_MEMBERS = _kept("member")
