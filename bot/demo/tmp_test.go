package demo
import ("testing";"time")
func TestTmp(t *testing.T){
 for i:=0;i<70;i++{
  now:=time.Date(2025,12,1,0,17,0,0,time.UTC).Add(time.Duration(i)*(6*24+5)*time.Hour+time.Duration(i)*13*time.Minute)
  if i>=55 { now=time.Date(2026,12,20,6,0,0,0,time.UTC).AddDate(0,0,2*(i-55)) }
  t.Run(now.Format(time.DateTime),func(t *testing.T){ w:=open(t,now); checkCounts(t,w);checkStates(t,w);checkInvoices(t,w);checkBounds(t,now)})
 }
}
