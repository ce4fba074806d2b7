package run

import "steward/internal/cinterp/mem"

// Plan is an order of threads that was chosen before: as Rotating has it, or by
// staying with the thread that is on as long as it can go on, with other turns
// at some points. With a seed, turns are by chance.
type Plan struct {
	Stay  bool
	Last  bool        // prefer the thread that was started last
	Turns map[int]int // by point: the thread, by its ID
	Seed  uint64      // 0: none
}

// Next gives the thread that the plan has for point n.
func (p *Plan) Next(n int, can []*Thread, now int) int {
	if id, ok := p.Turns[n]; ok {
		for i, t := range can {
			if t.ID == id {
				return i
			}
		}
	}
	switch {
	case p.Seed != 0:
		// It stays in half of the cases: orders that differ in few turns are the
		// likely ones.
		r := Mix(p.Seed, uint64(n))
		if now >= 0 && r>>63 == 0 && !can[now].yielded {
			return now
		}
		return int((r >> 8) % uint64(len(can)))
	case p.Last:
		if now >= 0 && can[now].yielded {
			return (now + len(can) - 1) % len(can)
		}
		return len(can) - 1
	case p.Stay:
		if now >= 0 && !can[now].yielded && n < 100_000 {
			return now
		}
		return (now + 1) % len(can)
	}
	return Rotating{}.Next(n, can, now)
}

// Mix gives bits that look like chance: splitmix64 of two numbers.
func Mix(a, b uint64) uint64 {
	x := a*0x9e3779b97f4a7c15 + b*0xd1342543de82ef95 + 0x2545f4914f6cdd1d
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Turn is a point where more than one thread could go on.
type Turn struct {
	Point int
	Can   []int // IDs
	Now   int   // the ID of the thread that was on; 0: it could not go on
	Took  int
	At    mem.Pos
}

// maxTurns is how many points are kept.
const maxTurns = 2000

// turn asks the chooser, and notes the point.
func (vm *VM) turn(list []*Thread, now int) *Thread {
	ts := vm.threads
	i := ts.Choose.Next(ts.points, list, now)
	t := list[max(0, min(i, len(list)-1))]
	if vm.Record && len(vm.Turns) < maxTurns {
		x := Turn{Point: ts.points, Took: t.ID, At: vm.here()}
		for _, c := range list {
			x.Can = append(x.Can, c.ID)
		}
		if now >= 0 {
			x.Now = list[now].ID
		}
		vm.Turns = append(vm.Turns, x)
	}
	ts.points++
	return t
}
