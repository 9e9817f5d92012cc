package api

import (
	"time"

	"github.com/valyala/fasthttp"
)

// ForBody is how long a request of this header may take to arrive.
func ForBody(header *fasthttp.RequestHeader) time.Duration {
	return Patience{}.orUsual().forBody(header).ReadTimeout
}

// DecodeJSON reads a body.
var DecodeJSON = decodeJSON

// Preferred is the language that a header likes best.
var Preferred = preferred

// LeavesNothing tells whether a request that failed may be made again.
var LeavesNothing = Route.leavesNothing

// PlaceAt is where passkeys are used of a server at an address.
var PlaceAt = placeAt
