using System.Buffers;
using System.Text;

namespace Mailreeve.Protocols.Pop3;

/// <summary>One reply of the server, or the first line of a longer one (RFC 1939 §3), with its response code (RFC 2449 §8) where it has one.</summary>
/// <remarks>What goes into the text is cleaned when the reply is made: no control characters, nothing but ASCII, no line over 512 octets.</remarks>
public sealed partial class Pop3Reply
{
    // response = status-indicator [SP "[" resp-code "]"] [SP text] CRLF, 512 octets in all (RFC 2449 §4)
    private const int LineBytesMax = 512;

    private readonly byte[] line;

    private Pop3Reply(bool isPositive, string code, string text)
    {
        IsPositive = isPositive;
        Code = code;
        var status = isPositive ? "+OK" : "-ERR";
        var words = new StringBuilder(code.Length == 0 ? $"{status} " : $"{status} [{code}] ");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, LineBytesMax - 2 - words.Length)))
            words.Append(c is < ' ' or > '~' ? '?' : c);
        line = Encoding.ASCII.GetBytes(words.Append("\r\n").ToString());
    }

    private Pop3Reply(byte[] line, bool isPositive, string code) => (this.line, IsPositive, Code) = (line, isPositive, code);

    /// <summary>Whether it is <c>+OK</c>.</summary>
    public bool IsPositive { get; }

    /// <summary>The response code, as in <c>IN-USE</c>; empty for none.</summary>
    public string Code { get; }

    /// <summary>Whether the connection ends after it.</summary>
    public bool Closes { get; private init; }

    /// <summary><c>+OK</c> and a text.</summary>
    public static Pop3Reply Ok(string text) => new(true, "", text);

    /// <summary><c>-ERR</c>, a response code, and a text.</summary>
    /// <param name="code">As in <c>SYS/TEMP</c>; empty for none.</param>
    /// <param name="text">For people.</param>
    public static Pop3Reply Err(string code, string text) => new(false, code, text);

    /// <summary>The same reply, after which the connection ends.</summary>
    public Pop3Reply ThenClose() => new(line, IsPositive, Code) { Closes = true };

    /// <summary>The reply as it goes over the wire.</summary>
    public ReadOnlyMemory<byte> Line => line;

    /// <summary>Writes the reply as it goes over the wire.</summary>
    public void WriteTo(IBufferWriter<byte> output) => output.Write(line);

    /// <summary>The reply as it goes over the wire, without the CRLF.</summary>
    public override string ToString() => Encoding.ASCII.GetString(line.AsSpan(0, line.Length - 2));
}
