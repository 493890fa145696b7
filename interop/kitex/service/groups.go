package service

import (
	"fmt"
	"sync"
	"time"
)

// gatherTimeout bounds how long a call of Gather waits for the others.
const gatherTimeout = 30 * time.Second

// groups let calls wait for each other.
type groups struct {
	lock  sync.Mutex
	named map[string]*group
}

type group struct {
	members  int
	complete chan struct{}
}

// join returns when count callers have joined the group of this name.
func (g *groups) join(name string, count int) error {
	joined := g.enter(name, count)
	select {
	case <-joined.complete:
		return nil
	case <-time.After(gatherTimeout):
		g.lock.Lock()
		defer g.lock.Unlock()
		return fmt.Errorf("%d of %d calls have come to %s within %v", joined.members, count, name, gatherTimeout)
	}
}

func (g *groups) enter(name string, count int) *group {
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.named == nil {
		g.named = map[string]*group{}
	}
	joined := g.named[name]
	if joined == nil {
		joined = &group{complete: make(chan struct{})}
		g.named[name] = joined
	}
	joined.members++
	if joined.members == count {
		delete(g.named, name)
		close(joined.complete)
	}
	return joined
}
