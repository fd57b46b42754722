package main
import ("testing";"time";"fmt";"net/http";"io";"encoding/json")
func TestMeasure(t *testing.T) {
	w := standIns(t)
	for i := 0; i < 5; i++ {
		t0 := time.Now()
		b := w.serve()
		for !w.ready() { time.Sleep(time.Millisecond) }
		t1 := time.Since(t0)
		p := newPlayer(t, w.base)
		p.command("USALES0001", "CINVOICES1", `/ar help`)
		fmt.Println("ready", t1, "command", time.Since(t0))
		b.kill()
		if i == 4 { fmt.Println(b.out.String()) }
	}
	resp, _ := http.Get(w.base+"/control/log")
	var l struct{Entries []struct{Wall time.Time; Platform, Dir, Method string}}
	d, _ := io.ReadAll(resp.Body); json.Unmarshal(d, &l)
	for _, e := range l.Entries { fmt.Println(e.Wall.Format("05.000"), e.Platform, e.Dir, e.Method) }
}
