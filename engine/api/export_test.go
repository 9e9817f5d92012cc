package api

// Patience is how long a request of this header may take to arrive.
var Patience = patience

// DecodeJSON reads a body.
var DecodeJSON = decodeJSON

// Preferred is the language that a header likes best.
var Preferred = preferred
