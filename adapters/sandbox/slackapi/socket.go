package slackapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"duebot/adapters/sandbox/stand"
)

const (
	socketMax   = 10
	frameMax    = 20480 // bytes; a frame of this size or more from the app closes the socket
	readMax     = 1 << 20
	ticketLife  = 30 * time.Second
	silenceMax  = 30 * time.Second // without any frame or pong
	lingerMax   = time.Second      // for the app to leave after a disconnect
	outboxMax   = 1024             // frames that may wait for a slow reader
	host        = "applink-sandbox"
	lifeSeconds = 18060 // announced life of a connection; it is not ended then
)

// pingEvery is wall time. Clients give up a socket that is silent for 30 seconds or less.
var pingEvery = 2 * time.Second

// socket is one open WebSocket of the app.
type socket struct {
	conn *websocket.Conn
	out  chan []byte
	gone chan struct{}
	once sync.Once
}

// put queues a frame. A reader that lets a thousand frames wait is cut off.
func (k *socket) put(b []byte) {
	select {
	case k.out <- b:
	default:
		k.cut()
	}
}

// cut ends the connection without a word.
func (k *socket) cut() {
	k.once.Do(func() {
		close(k.gone)
		k.conn.Close()
	})
}

// connectionsOpen gives out the address of a socket, good for one connection.
func connectionsOpen(s *Server, c *call) answer {
	for t, at := range s.tickets {
		if time.Since(at) > ticketLife {
			delete(s.tickets, t)
		}
	}
	ticket := random(16)
	s.tickets[ticket] = time.Now()
	q := url.Values{"app_id": {appID}, "ticket": {ticket}}
	return answer{"ok": true, "url": "ws" + strings.TrimPrefix(c.base, "http") + "/slack/socket?" + q.Encode()}
}

// upgrader has a write buffer that no frame of ours is split by: some clients do not put
// continuation frames together.
var upgrader = websocket.Upgrader{WriteBufferSize: 64 << 10, CheckOrigin: func(*http.Request) bool { return true }}

// serveSocket is a connection's whole life.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	at, ok := s.tickets[ticket]
	delete(s.tickets, ticket)
	s.mu.Unlock()
	if !ok || time.Since(at) > ticketLife {
		http.Error(w, "invalid ticket", http.StatusUnauthorized)
		return
	}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	k := &socket{conn: conn, out: make(chan []byte, outboxMax), gone: make(chan struct{})}
	go s.writeFrames(k)
	if s.join(k) {
		s.readFrames(k)
	} else {
		k.put(disconnectFrame("too_many_websockets"))
		s.leaveSoon(k)
	}
	s.leave(k)
}

// join greets a socket and hands it what waits. It reports false when there are too many.
func (s *Server) join(k *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.sockets) >= socketMax {
		return false
	}
	s.sockets = append(s.sockets, k)
	hello, _ := json.Marshal(map[string]any{"type": "hello", "num_connections": len(s.sockets), "connection_info": map[string]any{"app_id": appID},
		"debug_info": map[string]any{"host": host, "build_number": 1, "approximate_connection_time": lifeSeconds}})
	k.put(hello)
	s.dispatch()
	return true
}

// leave takes a socket out. Events it still had are queued for another one; whoever waits
// for a command or interaction goes on waiting until its time is over, since the
// acknowledgement may come over the next socket.
func (s *Server) leave(k *socket) {
	k.cut()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.retire(k)
	var lost []*envelope
	for _, e := range s.w.Queue {
		if s.flying[e.ID] == e && e.socket == k {
			lost = append(lost, e)
		}
	}
	// Last first: each goes to the front of what waits, so the order stays.
	for i := len(lost) - 1; i >= 0; i-- {
		s.again(lost[i], "connection_failed")
	}
	s.dispatch()
}

// retire makes sure that a socket gets no further envelopes. The lock is held.
func (s *Server) retire(k *socket) {
	for i := range s.sockets {
		if s.sockets[i] == k {
			s.sockets = append(s.sockets[:i:i], s.sockets[i+1:]...)
			return
		}
	}
}

// writeFrames sends frames and pings until the socket is gone.
func (s *Server) writeFrames(k *socket) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	beat := func() bool {
		return k.conn.WriteControl(websocket.PingMessage, []byte("Ping from "+host), time.Now().Add(time.Second)) == nil
	}
	for ok := beat(); ok; {
		select {
		case <-k.gone:
			return
		case b := <-k.out:
			k.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
			ok = k.conn.WriteMessage(websocket.TextMessage, b) == nil
		case <-ping.C:
			if ok = beat(); ok {
				s.idleFault()
			}
		}
	}
	k.cut()
}

// idleFault cuts the sockets when that was ordered while nothing is being delivered.
func (s *Server) idleFault() {
	if _, ok := s.takeFault("", stand.FaultDropSocket); ok {
		s.DropSocket()
	}
}

// readFrames takes acknowledgements until the connection ends.
func (s *Server) readFrames(k *socket) {
	alive := func(string) error { return k.conn.SetReadDeadline(time.Now().Add(silenceMax)) }
	k.conn.SetPongHandler(alive)
	alive("")
	k.conn.SetReadLimit(readMax)
	for {
		_, b, err := k.conn.ReadMessage()
		if err != nil {
			return
		}
		alive("")
		if len(b) >= frameMax {
			text := fmt.Sprintf("Max frame length of %d has been exceeded", frameMax)
			k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseMessageTooBig, text), time.Now().Add(time.Second))
			s.o.Log.Add("slack", "in", "socket", "", map[string]any{"bytes": len(b)}, websocket.CloseMessageTooBig, text)
			return
		}
		var ack struct {
			EnvelopeID string          `json:"envelope_id"`
			Payload    json.RawMessage `json:"payload"`
		}
		if json.Unmarshal(b, &ack) == nil && ack.EnvelopeID != "" {
			if string(ack.Payload) == "null" {
				ack.Payload = nil
			}
			s.acknowledge(ack.EnvelopeID, ack.Payload)
		}
	}
}

func disconnectFrame(reason string) []byte {
	b, _ := json.Marshal(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": host}})
	return b
}

// leaveSoon gives the app a moment to go by itself and closes then.
func (s *Server) leaveSoon(k *socket) {
	t := time.NewTimer(lingerMax)
	defer t.Stop()
	select {
	case <-k.gone:
	case <-t.C:
		k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
		k.cut()
	case <-s.stop:
		k.cut()
	}
}

// DropSocket cuts all open sockets without a word, as a broken network does.
func (s *Server) DropSocket() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropAll()
}

func (s *Server) dropAll() {
	for _, k := range s.sockets {
		k.cut()
	}
	s.sockets = nil
}

// Warn announces to all open sockets that they will be closed, about ten seconds ahead.
// Nothing is closed by it.
func (s *Server) Warn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		k.put(disconnectFrame("warning"))
	}
}

// Refresh asks the app to connect anew: each socket gets a disconnect frame, nothing
// further, and is closed shortly after. Acknowledgements are taken until then.
func (s *Server) Refresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		k.put(disconnectFrame("refresh_requested"))
		go s.leaveSoon(k)
	}
	s.sockets = nil
}

// RefreshOne is Refresh for one socket, the oldest, as Slack's own refreshes come.
func (s *Server) RefreshOne() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sockets) > 0 {
		s.sockets[0].put(disconnectFrame("refresh_requested"))
		go s.leaveSoon(s.sockets[0])
		s.retire(s.sockets[0])
	}
}

// Sockets counts the open sockets that envelopes may go to.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}
