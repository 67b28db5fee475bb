using System.Text;

namespace Mailreeve.Protocols.Imap.Commands;

/// <summary>AUTHENTICATE, LOGIN, and what a client says of itself: ID, ENABLE.</summary>
internal static class AuthenticationCommands
{
    // authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] (RFC 4959 §7)
    public static ImapCommand? Authenticate(ref ImapReader reader, string tag)
    {
        if (!reader.Space() || !reader.Atom(out var mechanism))
            return null;
        byte[]? response = null;
        if (!reader.OnlyBlanksLeft() && (!reader.Space() || !TryReadResponse(ref reader, out response)))
            return null;
        return reader.End() ? new ImapCommand.Authenticate(tag, mechanism.ToUpperInvariant(), response) : null;
    }

    // login = "LOGIN" SP userid SP password; both are astrings
    public static ImapCommand? Login(ref ImapReader reader, string tag)
    {
        if (!reader.Space() || !reader.Astring(out var user) || !reader.Space() || !reader.Astring(out var password))
            return null;
        return reader.End() ? new ImapCommand.Login(tag, user, password) : null;
    }

    // id = "ID" SP ("(" [string SP nstring *(SP string SP nstring)] ")" / nil)
    public static ImapCommand? Id(ref ImapReader reader, string tag)
    {
        if (!reader.Space())
            return null;
        if (reader.TryWord("NIL"u8))
            return reader.End() ? new ImapCommand.Id(tag, []) : null;
        if (!reader.Open())
            return null;
        var fields = new List<IdField>();
        while (!reader.TryClose())
        {
            if (!reader.NextItem(fields.Count, reader.Limits.IdFieldsMax) || !reader.String(out var name) || !reader.Space()
                || !reader.Nstring(out var value))
                return null;
            if (name.Length > reader.Limits.IdValueBytesMax || value?.Length > reader.Limits.IdValueBytesMax)
            {
                reader.Fail("Value too long");
                return null;
            }

            fields.Add(new IdField(name, value));
        }

        return reader.End() ? new ImapCommand.Id(tag, [.. fields]) : null;
    }

    // enable = "ENABLE" 1*(SP capability); capability = atom
    public static ImapCommand? Enable(ref ImapReader reader, string tag)
    {
        var capabilities = new List<string>();
        do
        {
            if (capabilities.Count >= reader.Limits.ListItemsMax)
            {
                reader.Fail("Too many items");
                return null;
            }

            if (!reader.Space() || !reader.Atom(out var capability))
                return null;
            capabilities.Add(capability.ToUpperInvariant());
        }
        while (!reader.OnlyBlanksLeft());

        return reader.End() ? new ImapCommand.Enable(tag, [.. capabilities]) : null;
    }

    private static bool TryReadResponse(ref ImapReader reader, out byte[]? response)
    {
        response = [];
        if (reader.TryTake((byte)'='))
            return true;
        return reader.Atom(out var base64) && (SaslResponse.TryDecode(Encoding.ASCII.GetBytes(base64), out response) || reader.Fail("Not base64"));
    }
}
