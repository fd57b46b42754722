package reach

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// stage is a server that goes on with a connection up to some point.
type stage struct {
	name   string
	serve  func(net.Conn) // nil: nobody listens
	scheme string
	left   bool
}

// Each stage at which a call can be cut, and whether it left. The client is the one that the
// adapters have.
func TestCutAtEachStage(t *testing.T) {
	for _, s := range []stage{
		{"nobody listens", nil, "http", false},
		{"cut in the handshake", func(c net.Conn) { io.ReadFull(c, make([]byte, 5)); reset(c) }, "https", false},
		{"no answer to the handshake", func(c net.Conn) { io.Copy(io.Discard, c) }, "https", false},
		{"a certificate that nobody trusts", untrusted(t), "https", false},
		{"cut before anything is read", func(c net.Conn) { time.Sleep(50 * time.Millisecond); reset(c) }, "http", true},
		{"cut after the head", func(c net.Conn) { head(c); reset(c) }, "http", true},
		{"cut after the body", func(c net.Conn) { http.ReadRequest(bufio.NewReader(c)); reset(c) }, "http", true},
		{"never answered", func(c net.Conn) { io.Copy(io.Discard, c) }, "http", true},
		{"cut in the answer", func(c net.Conn) { head(c); io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Le"); reset(c) }, "http", true},
	} {
		t.Run(s.name, func(t *testing.T) {
			left, err := post(t, &http.Client{Transport: &http.Transport{}}, s.scheme+"://"+listen(t, s.serve))
			if err == nil {
				t.Fatal("the call was answered")
			}
			if left != s.left {
				t.Errorf("%v: it is told to have left: %t, want %t", err, left, s.left)
			}
		})
	}
}

// A context that was over before the call.
func TestNeverBegun(t *testing.T) {
	over, cancel := context.WithCancel(t.Context())
	cancel()
	ctx, call := Watch(over)
	req, _ := http.NewRequestWithContext(ctx, "POST", "http://"+listen(t, reset), strings.NewReader("x"))
	if _, err := http.DefaultClient.Do(req); err == nil || call.Left() {
		t.Errorf("a context that is over: it left: %t, %v", call.Left(), err)
	}
}

// A kept connection that the other side has closed meanwhile is not used for a call that then
// counts as lost: the client takes a fresh one, and is refused there.
func TestKeptConnectionClosed(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") }))
	client := &http.Client{Transport: &http.Transport{}}
	if left, err := post(t, client, srv.URL); err != nil || !left {
		t.Fatalf("it left: %t, %v", left, err)
	}
	srv.Close()
	time.Sleep(20 * time.Millisecond) // the client reads that it was closed
	if left, err := post(t, client, srv.URL); err == nil || left {
		t.Errorf("after the server has gone: it left: %t, %v", left, err)
	}
}

func post(t *testing.T, client *http.Client, url string) (left bool, err error) {
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	ctx, call := Watch(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(strings.Repeat("text=hello&", 2000)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return call.Left(), err
}

// listen serves connections one by one; with a nil serve it returns where nobody listens.
func listen(t *testing.T, serve func(net.Conn)) (addr string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if serve == nil {
		l.Close()
		return l.Addr().String()
	}
	done := make(chan struct{})
	t.Cleanup(func() { l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.SetDeadline(time.Now().Add(time.Second))
			serve(c)
			c.Close()
		}
	}()
	return l.Addr().String()
}

// reset cuts a connection so that the other side sees it at once.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}

// head reads the head of a request.
func head(c net.Conn) {
	in := bufio.NewReader(c)
	for {
		if line, err := in.ReadString('\n'); err != nil || strings.TrimSpace(line) == "" {
			return
		}
	}
}

// untrusted answers the handshake with a certificate that no client knows.
func untrusted(t *testing.T) func(net.Conn) {
	srv := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(srv.Close)
	return func(c net.Conn) {
		x := tls.Server(c, srv.TLS)
		if err := x.Handshake(); err == nil {
			fmt.Fprint(x, "HTTP/1.1 404 Not Found\r\n\r\n")
		}
	}
}
