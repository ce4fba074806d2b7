package tree

import (
	"errors"
	"os"
	"sync"
)

// temporary begins the names of files that are not yet what they will be.
const temporary = ".new-"

// file is a file to be written.
type file struct {
	path string
	data []byte
}

// syncsAtOnce bounds the files that are open at a time.
const syncsAtOnce = 128

// writeSynced writes files and brings them to the disk, with the names in the
// folder. Until it has returned without an error nothing may refer to any of
// them. The disk is asked for all of them at once: a sync is mostly waiting, and
// many wait no longer than one.
func writeSynced(folder string, files []file) (err error) {
	var open []*os.File
	defer func() {
		for _, f := range open {
			err = errors.Join(err, f.Close())
		}
	}()
	for _, w := range files {
		f, err := os.Create(w.path)
		if err != nil {
			return err
		}
		open = append(open, f)
		if _, err := f.Write(w.data); err != nil {
			return err
		}
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	open = append(open, d)
	failed := make([]error, len(open))
	var wait sync.WaitGroup
	for i, f := range open {
		wait.Go(func() { failed[i] = f.Sync() })
	}
	wait.Wait()
	return errors.Join(failed...)
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
