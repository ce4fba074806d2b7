package judges

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// keyring is a GnuPG that knows one public key.
type keyring struct {
	home        string
	fingerprint string // of the primary key
}

func gpg(keyFile, dir string) ([]finding, error) {
	if _, err := exec.LookPath("gpg"); err != nil {
		return nil, missing("gpg")
	}
	home, err := os.MkdirTemp("", "gpg") // short, and open to nobody else
	if err != nil {
		return nil, fmt.Errorf("making a home for gpg: %w", err)
	}
	defer os.RemoveAll(home)
	ring := &keyring{home: home}
	if f, err := ring.importKey(keyFile); err != nil || f != nil {
		return f, err
	}
	var found []finding
	checked := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".asc" {
			return err
		}
		f, isSignature, err := ring.verify(path)
		if isSignature {
			checked++
		}
		found = append(found, f...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("checking the signatures under %s: %w", dir, err)
	}
	if checked == 0 {
		found = append(found, finding{dir, "there is no signature at all"})
	}
	return found, nil
}

// importKey reads the key into the empty keyring: it must be exactly one, and
// a public one.
func (r *keyring) importKey(file string) ([]finding, error) {
	status, out, err := r.run("--import", file)
	if err != nil {
		return nil, err
	}
	var keys []string
	for _, s := range status {
		switch {
		case s[0] == "IMPORT_OK" && len(s) == 3 && !slices.Contains(keys, s[2]):
			keys = append(keys, s[2])
		case s[0] == "IMPORT_RES" && len(s) > 10 && s[10] != "0": // how many private keys were read
			return []finding{{file, "this is a private key"}}, nil
		}
	}
	if len(keys) != 1 {
		return []finding{{file, fmt.Sprintf("%d keys were imported, not 1: %s", len(keys), out)}}, nil
	}
	r.fingerprint = keys[0]
	return nil, nil
}

// verify checks one armoured file, and tells whether it is a signature: what
// else is armoured is passed over.
func (r *keyring) verify(path string) (found []finding, isSignature bool, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, false, err
	}
	args := []string{"--verify", path}
	switch {
	case bytes.HasPrefix(data, []byte("-----BEGIN PGP PUBLIC KEY BLOCK-----")):
		return nil, false, nil
	case bytes.HasPrefix(data, []byte("-----BEGIN PGP SIGNED MESSAGE-----")):
	default:
		signed := strings.TrimSuffix(path, ".asc")
		if _, err := os.Stat(signed); err != nil {
			return []finding{{path, "the file that it signs is missing"}}, true, nil
		}
		args = append(args, signed)
	}
	status, out, err := r.run(args...)
	if err != nil {
		return nil, true, err
	}
	if fault := r.fault(status); fault != "" {
		return []finding{{path, fmt.Sprintf("gpg: %s: %s", fault, out)}}, true, nil
	}
	return nil, true, nil
}

// fault says what is wrong with a verification, or nothing: there must be one
// good, valid signature by the key, and nothing else.
func (r *keyring) fault(status [][]string) string {
	signatures, good, valid := 0, 0, 0
	for _, s := range status {
		switch s[0] {
		case "NEWSIG":
			signatures++
		case "GOODSIG":
			good++
		case "VALIDSIG": // its last word is the primary key's fingerprint
			if s[len(s)-1] == r.fingerprint {
				valid++
			}
		case "BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "KEYREVOKED", "NODATA", "NO_PUBKEY", "FAILURE":
			return s[0]
		}
	}
	if signatures != 1 || good != 1 || valid != 1 {
		return fmt.Sprintf("%d signatures, %d good, %d valid, not 1 of each", signatures, good, valid)
	}
	return ""
}

// run runs gpg and gives its status lines as words, and all that it printed.
// A verdict is no error.
func (r *keyring) run(args ...string) (status [][]string, out string, err error) {
	args = append([]string{
		"--homedir", r.home, "--batch", "--no-tty", "--no-autostart", "--no-auto-key-retrieve", "--trust-model", "always",
		"--status-fd", "1",
	}, args...)
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("gpg", args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			return nil, "", fmt.Errorf("running gpg: %w", err)
		}
	}
	for line := range strings.Lines(stdout.String()) {
		if rest, ok := strings.CutPrefix(line, "[GNUPG:] "); ok {
			if words := strings.Fields(rest); len(words) > 0 {
				status = append(status, words)
			}
		}
	}
	return status, stdout.String() + stderr.String(), nil
}
