package tree

import (
	"errors"
	"os"
	"path/filepath"
)

// temporary is the pattern of names of files not yet whole.
const temporary = ".new-*"

// writeSynced writes a file whole or not at all: what has the name has all
// the bytes, even after a crash. That it has the name is only certain once its
// folder is synced.
func writeSynced(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), temporary)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
