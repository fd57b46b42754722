package telegramapi

import (
	"math"
	"strconv"
)

// location is a point on the map, in degrees as the sender wrote them.
type location struct {
	Latitude  number `json:"latitude"`
	Longitude number `json:"longitude"`
}

// venue is a place with a name.
type venue struct {
	Location location `json:"location"`
	Title    string   `json:"title"`
	Address  string   `json:"address"`
}

// number is a decimal that is passed on as it was written.
type number string

// MarshalJSON writes the digits without quotes.
func (n number) MarshalJSON() ([]byte, error) { return []byte(n), nil }

// UnmarshalJSON keeps the digits.
func (n *number) UnmarshalJSON(b []byte) error {
	*n = number(b)
	return nil
}

// degrees reads a coordinate; what is no number on the map is none.
func degrees(src string, most float64) (number, bool) {
	x, err := strconv.ParseFloat(src, 64)
	if err != nil || math.IsNaN(x) || math.Abs(x) > most {
		return "", false
	}
	return number(strconv.FormatFloat(x, 'f', -1, 64)), true
}

func readLocation(p *params) (location, *apiError) {
	if p.str("latitude") == "" {
		return location{}, bad("Latitude is empty")
	}
	if p.str("longitude") == "" {
		return location{}, bad("Longitude is empty")
	}
	lat, ok := degrees(p.str("latitude"), 90)
	long, ok2 := degrees(p.str("longitude"), 180)
	if !ok || !ok2 {
		return location{}, bad("Wrong latitude or longitude specified")
	}
	return location{lat, long}, nil
}

func (s *Server) sendLocation(p *params) (any, *apiError) {
	at, err := readLocation(p)
	if err != nil {
		return nil, err
	}
	return s.deliver(p, message{Location: &at})
}

func (s *Server) sendVenue(p *params) (any, *apiError) {
	at, err := readLocation(p)
	if err == nil {
		err = required(p, "title", "address")
	}
	if err != nil {
		return nil, err
	}
	return s.deliver(p, message{Location: &at, Venue: &venue{Location: at, Title: p.str("title"), Address: p.str("address")}})
}

func (s *Server) sendContact(p *params) (any, *apiError) {
	if p.str("phone_number") == "" {
		return nil, bad("Field \"phone_number\" must be non-empty")
	}
	if p.str("first_name") == "" {
		return nil, bad("Field \"first_name\" must be non-empty")
	}
	return s.deliver(p, message{Contact: &Contact{Phone: p.str("phone_number"), FirstName: p.str("first_name"), LastName: p.str("last_name"), VCard: p.str("vcard")}})
}
