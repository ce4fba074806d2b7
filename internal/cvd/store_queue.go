package cvd

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

const (
	pageSize    = 50
	maxPageSize = 200
)

// spot is where a case stands in the whole queue: no two have the same.
type spot struct {
	place
	number int64
}

func (a spot) compare(b spot) int {
	return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.first, b.first),
		cmp.Compare(a.second, b.second), cmp.Compare(a.number, b.number))
}

// String and readSpot are the form of Page.Next.
func (a spot) String() string {
	return fmt.Sprintf("%d.%d.%d.%d", a.group, a.first, a.second, a.number)
}

func readSpot(s string) (spot, error) {
	if s == "" {
		return spot{place: place{group: -1}}, nil
	}
	var a spot
	n, err := fmt.Sscanf(s, "%d.%d.%d.%d", &a.group, &a.first, &a.second, &a.number)
	if err != nil || n != 4 || a.String() != s {
		return spot{}, errs.Invalidf("after", "This is no place in the queue.").WithHint("begin at its start")
	}
	return a, nil
}

// row is a case in the queue, still sealed.
type row struct {
	spot
	id   string
	body []byte
}

// Queue gives a part of the queue. Its order is that of Case.place: what
// nobody has answered, then what falls due, then the rest.
func (s *Store) Queue(ctx context.Context, c acl.Caller, f Filter) (Page, error) {
	roles := ownRoles(c)
	if err := acl.Check(acl.QueueRead, acl.QueueRead, roles...); err != nil {
		return Page{}, err
	}
	after, err := readSpot(f.After)
	if err != nil {
		return Page{}, err
	}
	for _, st := range f.States {
		if !slices.Contains(States, st) {
			return Page{}, errs.Invalidf("state", "This is no state of a case.").WithHint("one of: %s", join(States))
		}
	}
	limit := min(max(f.Limit, 0), maxPageSize)
	if limit == 0 {
		limit = pageSize
	}
	page := Page{Cases: []Summary{}}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		rows, err := queueRows(ctx, q, f.States, after, limit+1)
		if err != nil {
			return err
		}
		rows = page.cut(rows, limit)
		page.Cases, err = s.summaries(ctx, q, rows, func(*Case) ([]acl.Role, error) { return roles, nil })
		return err
	})
	return page, err
}

// The queries of the queue. Each follows one index from a place on.
const (
	queryColumns = `SELECT id, place_group, place_first, place_second, number, body FROM cases `
	queryBehind  = `(place_group, place_first, place_second, number) > ($1, $2, $3, $4)`
	queryOrder   = ` ORDER BY place_group, place_first, place_second, number LIMIT $5`

	queryOpen  = queryColumns + `WHERE ` + queryBehind + ` AND place_group < $6` + queryOrder
	queryState = queryColumns + `WHERE state = $6 AND ` + queryBehind + queryOrder
)

// queueRows finds a part of the queue: what is open, or what is in one of the
// states.
func queueRows(ctx context.Context, q db.Queryer, states []State, after spot, limit int) ([]row, error) {
	ask := func(query string, last any) ([]row, error) {
		return readRows(ctx, q, query, []any{after.group, after.first, after.second, after.number, limit, last})
	}
	if len(states) == 0 {
		return ask(queryOpen, groupDone)
	}
	var all []row
	for _, st := range slices.Compact(slices.Sorted(slices.Values(states))) {
		rows, err := ask(queryState, string(st))
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	slices.SortFunc(all, func(a, b row) int { return a.compare(b.spot) })
	return all[:min(limit, len(all))], nil
}

func readRows(ctx context.Context, q db.Queryer, query string, args []any) ([]row, error) {
	return db.All(ctx, q, "reading the queue", query, args, func(scan db.Scan) (r row, err error) {
		err = scan(&r.id, &r.group, &r.first, &r.second, &r.number, &r.body)
		return r, err
	})
}

// summaries reads the cases of rows, in their order, each as its roles see it.
func (s *Store) summaries(ctx context.Context, q db.Queryer, rows []row, roles func(*Case) ([]acl.Role, error)) ([]Summary, error) {
	cases := make([]*Case, len(rows))
	var ids []string
	for i, r := range rows {
		o, err := s.unlock(ctx, q, r.id, r.number, r.body)
		if err != nil {
			return nil, err
		}
		cases[i] = o.Case
		ids = append(append(ids, o.ID), o.Merged...)
	}
	counts, err := unread(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Summary, len(rows))
	for i, k := range cases {
		rs, err := roles(k)
		if err != nil {
			return nil, err
		}
		out[i] = k.summary(&s.Settings.Policy, rs, counts)
	}
	return out, nil
}

// queryMine finds the cases that someone is invited to, in whatever roles, from
// a place on. It follows the index of the invitations, which hold the place of
// their case.
const queryMine = `SELECT c.id, m.place_group, m.place_first, m.place_second, m.number, c.body FROM (
	SELECT DISTINCT place_group, place_first, place_second, number, case_id FROM case_people p
	WHERE p.user_id = $6 AND ` + standing + ` AND ` + queryBehind + queryOrder + `) m JOIN cases c ON c.id = m.case_id
	ORDER BY m.place_group, m.place_first, m.place_second, m.number`

// Mine gives a part of the cases that the caller is invited to, in the queue's
// order; after is Page.Next of the part before.
func (s *Store) Mine(ctx context.Context, c acl.Caller, after string) (Page, error) {
	if c.Role != "" && !inTeam(c) {
		return Page{}, errs.Missing()
	}
	from, err := readSpot(after)
	if err != nil {
		return Page{}, err
	}
	page := Page{Cases: []Summary{}}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		rows, err := readRows(ctx, q, queryMine, []any{from.group, from.first, from.second, from.number, pageSize + 1, c.ID})
		if err != nil {
			return err
		}
		rows = page.cut(rows, pageSize)
		page.Cases, err = s.summaries(ctx, q, rows, func(k *Case) ([]acl.Role, error) { return rolesIn(ctx, q, c, k) })
		return err
	})
	return page, err
}

// cut leaves of rows what fits on the page, and notes where the next begins.
func (p *Page) cut(rows []row, limit int) []row {
	if len(rows) <= limit {
		return rows
	}
	p.Next = rows[limit-1].String()
	return rows[:limit]
}

// people reads who is or was invited to a case.
func people(ctx context.Context, q db.Queryer, o *opened) ([]Participant, error) {
	var out []Participant
	err := db.Each(ctx, q, "reading who is invited", `SELECT p.user_id, p.role, p.removed_at, p.body,
		CASE WHEN `+speaking+` THEN 0 ELSE 1 END FROM case_people p WHERE p.case_id = $1`,
		[]any{o.ID}, func(scan db.Scan) error {
			var user, role string
			var removed, barred int64
			var body []byte
			if err := scan(&user, &role, &removed, &body, &barred); err != nil {
				return err
			}
			var p Participant
			if err := unseal(o.key, personContext(user, acl.Role(role)), body, &p); err != nil {
				return err
			}
			p.User, p.Role, p.Barred = user, acl.Role(role), barred != 0
			if removed != 0 {
				p.Removed = db.FromMicros(removed)
			}
			out = append(out, p)
			return nil
		})
	slices.SortFunc(out, func(a, b Participant) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.User, b.User), strings.Compare(string(a.Role), string(b.Role)))
	})
	return out, err
}

func personContext(user string, r acl.Role) string { return "person/" + user + "/" + string(r) }
