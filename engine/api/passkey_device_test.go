package api_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/trellis-crm/trellis/engine/enginetest"
)

// device is what holds somebody's passkey: as devices do it, it answers what it
// is asked, and as attackers do it, something else.
type device struct {
	id      []byte
	key     *ecdsa.PrivateKey
	handle  []byte // whose passkey it is
	counter uint32
	// What a signature says beside, where it is not what a browser would say.
	origin, domain, challenge string
	unverified                bool
	signs                     func(signature []byte) []byte
}

const (
	userPresent  = 1
	userVerified = 4
	withKey      = 64
)

// page is a browser at the name of this machine, where passkeys are used.
func page(i *enginetest.Installation, cookie string) *enginetest.Client {
	client := browser(i, cookie)
	client.URL = strings.Replace(client.URL, "127.0.0.1", "localhost", 1)
	return client
}

// also is a browser with one more cookie.
func also(client *enginetest.Client, cookie string) *enginetest.Client {
	return client.With("Cookie", strings.TrimPrefix(client.Header["Cookie"]+"; "+cookie, "; "))
}

// questioned is the answer of a route that asks for a passkey: what it asks, and the
// browser that it asks.
func questioned(t *testing.T, client *enginetest.Client, path string, body doc) (options doc, from *enginetest.Client) {
	t.Helper()
	answer := client.Post(t, path, body).Want(t, 200)
	return answer.Data(t)["publicKey"].(doc), also(client, cookieOf(answer.Header, "passkey"))
}

func (d *device) clientData(t *testing.T, kind string, options doc, origin string) []byte {
	t.Helper()
	said := map[string]any{"type": kind, "challenge": options["challenge"], "origin": origin, "crossOrigin": false}
	if d.origin != "" {
		said["origin"] = d.origin
	}
	if d.challenge != "" {
		said["challenge"] = d.challenge
	}
	raw, err := json.Marshal(said)
	require.NoError(t, err)
	return raw
}

// authData is what the device itself says, which it signs.
func (d *device) authData(domain string, flags byte) []byte {
	if d.domain != "" {
		domain = d.domain
	}
	hash := sha256.Sum256([]byte(domain))
	flags |= userPresent
	if !d.unverified {
		flags |= userVerified
	}
	return binary.BigEndian.AppendUint32(append(hash[:], flags), d.counter)
}

// enrols makes a passkey for what is asked.
func (d *device) enrols(t *testing.T, from *enginetest.Client, options doc) doc {
	t.Helper()
	var err error
	d.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	d.id = make([]byte, 32)
	_, err = rand.Read(d.id)
	require.NoError(t, err)
	d.handle, err = base64.RawURLEncoding.DecodeString(options["user"].(doc)["id"].(string))
	require.NoError(t, err)
	x, y := make([]byte, 32), make([]byte, 32)
	d.key.X.FillBytes(x)
	d.key.Y.FillBytes(y)
	public := slices.Concat([]byte{0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32}, x, []byte{0x22, 0x58, 32}, y)
	said := d.authData(options["rp"].(doc)["id"].(string), withKey)
	said = append(said, make([]byte, 16)...)
	said = append(binary.BigEndian.AppendUint16(said, uint16(len(d.id))), d.id...)
	said = append(said, public...)
	attestation := slices.Concat([]byte("\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"), []byte{byte(len(said))}, said)
	return d.credential(doc{
		"clientDataJSON":    base64.RawURLEncoding.EncodeToString(d.clientData(t, "webauthn.create", options, from.URL)),
		"attestationObject": base64.RawURLEncoding.EncodeToString(attestation),
	})
}

// answers signs what is asked.
func (d *device) answers(t *testing.T, from *enginetest.Client, options doc) doc {
	t.Helper()
	client := d.clientData(t, "webauthn.get", options, from.URL)
	said := d.authData(options["rpId"].(string), 0)
	hash := sha256.Sum256(client)
	digest := sha256.Sum256(slices.Concat(said, hash[:]))
	signature, err := ecdsa.SignASN1(rand.Reader, d.key, digest[:])
	require.NoError(t, err)
	if d.signs != nil {
		signature = d.signs(signature)
	}
	return d.credential(doc{
		"clientDataJSON":    base64.RawURLEncoding.EncodeToString(client),
		"authenticatorData": base64.RawURLEncoding.EncodeToString(said),
		"signature":         base64.RawURLEncoding.EncodeToString(signature),
		"userHandle":        base64.RawURLEncoding.EncodeToString(d.handle),
	})
}

func (d *device) credential(response doc) doc {
	id := base64.RawURLEncoding.EncodeToString(d.id)
	return doc{"credential": doc{"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": doc{}}}
}

// withPasskey gives a signed-in person a passkey, which counts.
func withPasskey(t *testing.T, i *enginetest.Installation, cookie, name string) (*device, doc) {
	t.Helper()
	d := &device{counter: 1}
	options, from := questioned(t, page(i, cookie), "/auth/passkeys/enrol", doc{"password": enginetest.Password})
	answer := d.enrols(t, from, options)
	answer["name"] = name
	return d, from.Post(t, "/auth/passkeys", answer).Want(t, 201).Data(t)
}

// signsIn asks for a passkey and answers.
func (d *device) signsIn(t *testing.T, i *enginetest.Installation) *enginetest.Answer {
	t.Helper()
	d.counter++
	options, from := questioned(t, page(i, ""), "/auth/passkey/options", doc{"for": "sign_in"})
	return from.Post(t, "/auth/passkey", d.answers(t, from, options))
}
