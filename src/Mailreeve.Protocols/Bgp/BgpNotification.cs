using System.Text;

namespace Mailreeve.Protocols.Bgp;

/// <summary>What kind of error ends a session (RFC 4271 §4.5; RFC 7313 §5; RFC 9687 §3).</summary>
public enum BgpError : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>A header is wrong.</summary>
    Header,

    /// <summary>An OPEN is wrong, or not what was agreed.</summary>
    Open,

    /// <summary>An UPDATE is wrong.</summary>
    Update,

    /// <summary>Nothing was heard for too long.</summary>
    HoldTimer,

    /// <summary>A message came out of turn.</summary>
    StateMachine,

    /// <summary>The session is not wanted any more.</summary>
    Cease,

    /// <summary>A ROUTE-REFRESH is wrong.</summary>
    RouteRefresh,

    /// <summary>Nothing could be sent for too long.</summary>
    SendHoldTimer,
}

/// <summary>Says why a session ends (RFC 4271 §4.5).</summary>
/// <param name="Error">What kind of error.</param>
/// <param name="Subcode">Which one.</param>
/// <param name="Data">What belongs to it.</param>
public sealed record BgpNotification(BgpError Error, byte Subcode, ReadOnlyMemory<byte> Data = default)
{
    /// <summary>Cease, administrative shutdown (RFC 4486 §3).</summary>
    public static readonly BgpNotification Shutdown = new(BgpError.Cease, AdministrativeShutdown);

    /// <summary>There is none.</summary>
    public static readonly BgpNotification None = new(BgpError.None, 0);

    private const byte AdministrativeShutdown = 2;
    private const byte AdministrativeReset = 4;
    private const int WordsMax = 255;

    /// <summary>Reads the body of a message that is at least as long as <see cref="BgpHeader"/> asks for; whatever is in it, it is the end.</summary>
    public static BgpNotification Read(ReadOnlySpan<byte> body) =>
        body.Length < 2 ? None : new BgpNotification((BgpError)body[0], body[1], body[2..].ToArray());

    /// <summary>Writes the message.</summary>
    public byte[] Write() => BgpHeader.Write(BgpMessage.Notification, [(byte)Error, Subcode, .. Data.Span]);

    /// <summary>In words, as an operator reads them.</summary>
    public override string ToString()
    {
        var kind = Error switch
        {
            BgpError.Header => "message header",
            BgpError.Open => "OPEN",
            BgpError.Update => "UPDATE",
            BgpError.HoldTimer => "hold timer expired",
            BgpError.StateMachine => "a message out of turn",
            BgpError.Cease => "cease",
            BgpError.RouteRefresh => "ROUTE-REFRESH",
            BgpError.SendHoldTimer => "send hold timer expired",
            _ => $"error {(byte)Error}",
        };
        var which = (Error, Subcode) switch
        {
            (_, 0) => "",
            (BgpError.Header, 1) => "connection not synchronized",
            (BgpError.Header, 2) => "bad message length",
            (BgpError.Header, 3) => "bad message type",
            (BgpError.Open, 1) => "unsupported version number",
            (BgpError.Open, 2) => "bad peer AS: remote-as or local-as is not what the other side has",
            (BgpError.Open, 3) => "bad BGP identifier: router-id must be another one than the peer's",
            (BgpError.Open, 4) => "unsupported optional parameter",
            (BgpError.Open, 6) => "unacceptable hold time",
            (BgpError.Open, 7) => "unsupported capability",
            (BgpError.Open, 11) => "role mismatch",
            (BgpError.Update, 1) => "malformed attribute list",
            (BgpError.Update, 2) => "unrecognized well-known attribute",
            (BgpError.Update, 3) => "missing well-known attribute",
            (BgpError.Update, 4) => "attribute flags error",
            (BgpError.Update, 5) => "attribute length error",
            (BgpError.Update, 6) => "invalid ORIGIN attribute",
            (BgpError.Update, 8) => "invalid NEXT_HOP attribute",
            (BgpError.Update, 9) => "optional attribute error",
            (BgpError.Update, 10) => "invalid network field",
            (BgpError.Update, 11) => "malformed AS_PATH",
            (BgpError.Cease, 1) => "it takes no more prefixes from us",
            (BgpError.Cease, AdministrativeShutdown) => "administrative shutdown",
            (BgpError.Cease, 3) => "we are no peer of it any more",
            (BgpError.Cease, AdministrativeReset) => "administrative reset",
            (BgpError.Cease, 5) => "connection rejected",
            (BgpError.Cease, 6) => "its configuration was changed",
            (BgpError.Cease, 7) => "it has another connection with us",
            (BgpError.Cease, 8) => "it is out of resources",
            (BgpError.Cease, 9) => "hard reset",
            (BgpError.Cease, 10) => "BFD down",
            _ => $"subcode {Subcode}",
        };
        var said = which.Length == 0 ? kind : $"{kind}, {which}";
        return Words is { Length: > 0 } words ? $"{said}: \"{words}\"" : said;
    }

    // What a person there typed when they shut it down (RFC 9003 §2): an octet with its length, then UTF-8.
    private string Words
    {
        get
        {
            if (Error != BgpError.Cease || Subcode is not (AdministrativeShutdown or AdministrativeReset) || Data.Length < 2)
                return "";
            var text = Encoding.UTF8.GetString(Data.Span.Slice(1, Math.Min(Math.Min((int)Data.Span[0], WordsMax), Data.Length - 1)));
            return string.Concat(text.Where(c => !char.IsControl(c) && c != '\uFFFD'));
        }
    }
}
