package stand

import (
	"net"
	"sync"
	"time"
)

// Plug is the line to a platform: it hands connections on to the stand-in, and can be pulled.
// How long it stays so is wall time, as it is with real lines.
type Plug struct {
	addr string
	to   func() string // host:port of the stand-in

	mu     sync.Mutex
	l      net.Listener // nil while connections are refused
	mode   string       // FaultHole, FaultRefused, or "" while it is in
	until  time.Time
	back   *time.Timer
	conns  map[net.Conn]bool // both ends of every connection
	closed bool
	wg     sync.WaitGroup
}

// NewPlug listens on a free port of this machine, before the stand-in at to.
func NewPlug(to func() string) (*Plug, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Plug{addr: l.Addr().String(), to: to, conns: map[net.Conn]bool{}}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serve(l)
	return p, nil
}

// Addr is where it listens: "127.0.0.1:40001".
func (p *Plug) Addr() string { return p.addr }

// Pull makes the line dead for a while: with FaultHole connections are taken and nothing is
// ever answered, with FaultRefused there are none.
func (p *Plug) Pull(kind string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	if p.back != nil {
		p.back.Stop()
	}
	p.mode, p.until = kind, time.Now().Add(d)
	if kind == FaultRefused {
		if p.l != nil {
			p.l.Close()
			p.l = nil
		}
		p.cut()
	}
	p.back = time.AfterFunc(d, p.mend)
}

// Pulled is how the line is dead, and for how long; "" when it is not.
func (p *Plug) Pulled() (kind string, left time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mode, time.Until(p.until)
}

// Mend puts the line right at once.
func (p *Plug) Mend() { p.mend() }

// mend puts the line right. What was swallowed is lost, and so its connections end.
func (p *Plug) mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.mode == "" {
		return
	}
	p.back.Stop()
	p.cut()
	if p.l == nil {
		l, err := net.Listen("tcp", p.addr)
		if err != nil { // somebody else took the port: later, perhaps
			p.back = time.AfterFunc(100*time.Millisecond, p.mend)
			return
		}
		p.serve(l)
	}
	p.mode = ""
}

// Close ends every connection.
func (p *Plug) Close() {
	p.mu.Lock()
	p.closed = true
	if p.back != nil {
		p.back.Stop()
	}
	if p.l != nil {
		p.l.Close()
	}
	p.cut()
	p.mu.Unlock()
	p.wg.Wait()
}

// cut ends every connection, without a goodbye. p.mu is held.
func (p *Plug) cut() {
	for c := range p.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		c.Close()
	}
	p.conns = map[net.Conn]bool{}
}

// serve takes connections of l. p.mu is held.
func (p *Plug) serve(l net.Listener) {
	p.l = l
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.wg.Go(func() { p.join(c) })
		}
	})
}

// join hands a connection on, for as long as both ends hold it.
func (p *Plug) join(c net.Conn) {
	far, err := net.Dial("tcp", p.to())
	if err != nil {
		c.Close()
		return
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		c.Close()
		far.Close()
		return
	}
	p.conns[c], p.conns[far] = true, true
	p.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { p.copy(far, c) })
	both.Go(func() { p.copy(c, far) })
	both.Wait()
	p.mu.Lock()
	delete(p.conns, c)
	delete(p.conns, far)
	p.mu.Unlock()
}

// copy carries bytes one way until an end closes; what comes while the line is a hole is lost.
func (p *Plug) copy(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if kind, _ := p.Pulled(); n > 0 && kind != FaultHole {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
