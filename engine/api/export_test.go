package api

// Patience is how long a request of this header may take to arrive.
var Patience = patience
