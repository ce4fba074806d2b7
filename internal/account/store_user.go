package account

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"steward/internal/base/acl"
	"steward/internal/base/db"
	"steward/internal/base/errs"
)

const userColumns = "id, name, email, role, created_at, disabled_at"

func scanUser(row scanner) (User, error) {
	var u User
	var role string
	var created, disabled int64
	if err := row.Scan(&u.ID, &u.Name, &u.Email, &role, &created, &disabled); err != nil {
		return User{}, err
	}
	u.Role, u.Created, u.Disabled = acl.Role(role), db.FromMicros(created), db.Moment(disabled)
	return u, nil
}

// readUser reads a user; Missing if there is none.
func readUser(ctx context.Context, q db.Queryer, id string) (User, error) {
	if !db.ValidID(id) {
		return User{}, errs.Missing()
	}
	u, err := scanUser(q.QueryRow(ctx, "SELECT "+userColumns+" FROM users WHERE id = $1", id))
	return u, found(err, errs.Missing())
}

// AddUser adds a person. They can do nothing before they enrol a passkey: see
// CreateLink.
func (s *Store) AddUser(ctx context.Context, c acl.Caller, p Profile) (User, error) {
	if err := mayAdmin(c); err != nil {
		return User{}, err
	}
	p, err := p.clean()
	if err != nil {
		return User{}, err
	}
	handle, err := randomBytes(s.Rand, handleBytes)
	if err != nil {
		return User{}, err
	}
	u := User{ID: db.NewID(s.Rand), Name: p.Name, Email: p.Email, Role: p.Role, Created: s.now()}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO users (id, name, name_key, email, role, handle, created_at, disabled_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 0)`,
			u.ID, u.Name, nameKey(u.Name), u.Email, string(u.Role), handle, db.Micros(u.Created))
		if err != nil {
			return err
		}
		return s.record(ctx, tx, c, didAddUser, u.ID, map[string]string{"name": u.Name, "role": string(u.Role)})
	})
	if err != nil {
		return User{}, nameTaken(err, u.Name)
	}
	return u, nil
}

// nameTaken explains the breach of the one rule that two users can break.
func nameTaken(err error, name string) error {
	if db.IsUnique(err) {
		return errs.Invalidf("name", "Someone is called %q already.", name).
			WithHint("a disabled person keeps their name; upper and lower case count as the same")
	}
	return err
}

// EditUser changes a person's name, mail address and role. Their sessions and
// tokens go on, with the rights of the new role.
func (s *Store) EditUser(ctx context.Context, c acl.Caller, id string, p Profile) (User, error) {
	if err := mayAdmin(c); err != nil {
		return User{}, err
	}
	p, err := p.clean()
	if err != nil {
		return User{}, err
	}
	var u User
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		old, err := readUser(ctx, tx, id)
		if err != nil {
			return err
		}
		u = old
		u.Name, u.Email, u.Role = p.Name, p.Email, p.Role
		detail := changes(old, u)
		if len(detail) == 0 {
			return nil
		}
		_, err = tx.Exec(ctx, `UPDATE users SET name = $2, name_key = $3, email = $4, role = $5 WHERE id = $1`,
			id, u.Name, nameKey(u.Name), u.Email, string(u.Role))
		if err != nil {
			return err
		}
		if err := s.record(ctx, tx, c, didEditUser, id, detail); err != nil {
			return err
		}
		return leadRemains(ctx, tx, old, u)
	})
	if err != nil {
		return User{}, nameTaken(err, p.Name)
	}
	return u, nil
}

// changes tells for the record what differs. A mail address is not repeated
// there.
func changes(old, u User) map[string]string {
	d := map[string]string{}
	if old.Name != u.Name {
		d["name"], d["old name"] = u.Name, old.Name
	}
	if old.Role != u.Role {
		d["role"], d["old role"] = string(u.Role), string(old.Role)
	}
	if old.Email != u.Email {
		d["email"] = "changed"
	}
	return d
}

// leadRemains refuses a change, which tx has made, that takes the last lead
// away: nobody would be left to manage people. Writes take turns, those of
// other processes as well, so two leads cannot demote each other at once.
func leadRemains(ctx context.Context, tx *db.Tx, old, u User) error {
	was := old.Role == acl.Lead && old.Active()
	is := u.Role == acl.Lead && u.Active()
	if !was || is {
		return nil
	}
	n, err := count(ctx, tx, "SELECT count(*) FROM users WHERE role = $1 AND disabled_at = 0", string(acl.Lead))
	if err != nil {
		return fmt.Errorf("counting leads: %w", err)
	}
	if n == 0 {
		return errs.Conflictf("%s is the last lead.", old.Name).WithHint("make someone else a lead first")
	}
	return nil
}

// DisableUser shuts a person out at once: sessions, tokens and links end.
// Passkeys stay, and serve again when the person is enabled.
func (s *Store) DisableUser(ctx context.Context, c acl.Caller, id string) (User, error) {
	return s.setDisabled(ctx, c, id, true)
}

// EnableUser lets a person who was disabled sign in again.
func (s *Store) EnableUser(ctx context.Context, c acl.Caller, id string) (User, error) {
	return s.setDisabled(ctx, c, id, false)
}

func (s *Store) setDisabled(ctx context.Context, c acl.Caller, id string, disable bool) (u User, err error) {
	if err := mayAdmin(c); err != nil {
		return User{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		old, err := readUser(ctx, tx, id)
		if err != nil {
			return err
		}
		u = old
		if old.Active() != disable {
			return nil // as it was
		}
		did, at := didEnableUser, int64(0)
		if disable {
			did, at = didDisableUser, db.Micros(s.now())
			if err := shutOut(ctx, tx, id); err != nil {
				return err
			}
		}
		u.Disabled = db.Moment(at)
		if _, err := tx.Exec(ctx, "UPDATE users SET disabled_at = $2 WHERE id = $1", id, at); err != nil {
			return err
		}
		if err := s.record(ctx, tx, c, did, id, map[string]string{"name": u.Name}); err != nil {
			return err
		}
		return leadRemains(ctx, tx, old, u)
	})
	if err != nil {
		return User{}, err
	}
	return u, nil
}

// shutOut deletes everything that opens a door for the user but passkeys.
func shutOut(ctx context.Context, tx *db.Tx, userID string) error {
	for _, table := range []string{"sessions", "api_tokens", "links", "ceremonies", "calendar_links"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE user_id = $1", userID); err != nil {
			return fmt.Errorf("ending %s: %w", table, err)
		}
	}
	return nil
}

// User reads a person. Everyone may read themselves.
func (s *Store) User(ctx context.Context, c acl.Caller, id string) (u User, err error) {
	if err := mayRead(c, id); err != nil {
		return User{}, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		u, err = readUser(ctx, q, id)
		return err
	})
	return u, err
}

// UserNamed finds a person by name, whatever the case of its letters.
func (s *Store) UserNamed(ctx context.Context, c acl.Caller, name string) (u User, err error) {
	if err := mayList(c); err != nil {
		return User{}, err
	}
	name, bad := cleanName("name", name)
	if bad != nil {
		return User{}, errs.Missing() // nobody can be called so
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		u, err = scanUser(q.QueryRow(ctx, "SELECT "+userColumns+" FROM users WHERE name_key = $1", nameKey(name)))
		return found(err, errs.Missing())
	})
	return u, err
}

// Users lists everyone by name, the disabled too, for what goes through all of
// them; a page shows a UserPage.
func (s *Store) Users(ctx context.Context, c acl.Caller) (list []User, err error) {
	if err := mayList(c); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		list, err = all(ctx, q, scanUser, "SELECT "+userColumns+" FROM users")
		return err
	})
	slices.SortFunc(list, func(a, b User) int { return compareNames(a.Name, b.Name) })
	return list, err
}

// UserPage is a part of all users, by name.
type UserPage struct {
	Users []User
	Next  string // after of the part that follows; empty at the end
}

// usersAtOnce is how many users one page has.
const usersAtOnce = 100

// UserPage lists the people whose names come after one, which need not be
// anyone's, the disabled too. The order of names is the database's.
func (s *Store) UserPage(ctx context.Context, c acl.Caller, after string) (page UserPage, err error) {
	if err := mayList(c); err != nil {
		return UserPage{}, err
	}
	if len(after) > maxName*utf8.UTFMax || !utf8.ValidString(after) || strings.ContainsRune(after, 0) {
		return UserPage{}, errs.Invalidf("after", "No name is like this.").WithHint("begin without it")
	}
	err = s.DB.Read(ctx, func(q db.Queryer) error {
		page.Users, err = all(ctx, q, scanUser, "SELECT "+userColumns+" FROM users WHERE name_key > $1 ORDER BY name_key LIMIT $2",
			nameKey(after), usersAtOnce+1)
		return err
	})
	if len(page.Users) > usersAtOnce {
		page.Users = page.Users[:usersAtOnce]
		page.Next = page.Users[usersAtOnce-1].Name
	}
	return page, err
}

// Caller gives the user as the one who asks, for a command on the machine that
// holds the data: whoever can run that needs no further proof.
func (s *Store) Caller(ctx context.Context, userID string) (acl.Caller, error) {
	var u User
	err := s.DB.Read(ctx, func(q db.Queryer) (err error) {
		u, err = activeUser(ctx, q, userID)
		return err
	})
	if err != nil {
		return acl.Caller{}, err
	}
	return u.Caller(), nil
}

// activeUser reads a user, who must be one who may come in.
func activeUser(ctx context.Context, q db.Queryer, id string) (User, error) {
	u, err := readUser(ctx, q, id)
	if err == nil && !u.Active() {
		err = disabled(u)
	}
	return u, err
}

// disabled is the answer to a person who has proved who they are and may not
// come in.
func disabled(u User) error {
	return errs.Deniedf("The account of %s is disabled.", u.Name).WithHint("ask a lead of the team")
}
