package cputime

import (
	"testing"
	"time"
)

func TestOfCountsWorkAndNotWaiting(t *testing.T) {
	t.Parallel()
	if took := Of(func() { time.Sleep(200 * time.Millisecond) }); took > 100*time.Millisecond {
		t.Errorf("waiting took %v of work", took)
	}
	sum := 0
	worked := Of(func() {
		for end := time.Now().Add(200 * time.Millisecond); time.Now().Before(end); {
			sum++
		}
	})
	if worked == 0 || worked > 10*time.Second {
		t.Errorf("counting to %d took %v of work", sum, worked)
	}
}
