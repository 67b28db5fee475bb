using System.Buffers;
using System.Globalization;
using System.Text;

namespace Mailreeve.Protocols.Smtp;

/// <summary>One reply of the server (RFC 5321 §4.2), with its enhanced code (RFC 2034, RFC 3463) where the reply takes one.</summary>
/// <remarks>
/// Whatever goes into the text is cleaned when the reply is made: no CR, LF, NUL or other control character, nothing but ASCII,
/// no line over 512 octets. Input of a client can therefore be echoed, and cannot become a second reply.
/// </remarks>
public sealed partial record Reply
{
    // Reply-line = Reply-code ( SP / "-" ) [ textstring ] CRLF, 512 octets in all (RFC 5321 §4.5.3.1.5)
    private const int LineBytesMax = 512;

    private Reply(int code, string enhanced, string text)
    {
        Code = code;
        Enhanced = enhanced;
        Text = text;
    }

    /// <summary>The three digits.</summary>
    public int Code { get; }

    /// <summary>The enhanced code, as in <c>5.7.1</c>; empty for a reply that has none (greeting, EHLO, 354).</summary>
    public string Enhanced { get; }

    /// <summary>The text; lines are divided by LF.</summary>
    public string Text { get; }

    /// <summary>Whether the connection ends after it.</summary>
    public bool Closes { get; private init; }

    /// <summary>Whether it is a 2xx or 3xx.</summary>
    public bool IsPositive => Code < 400;

    /// <summary>A reply.</summary>
    /// <param name="code">200–599.</param>
    /// <param name="enhanced">As in <c>5.7.1</c>, or empty.</param>
    /// <param name="lines">One text for each line of the reply; at least one.</param>
    public static Reply Of(int code, string enhanced, params ReadOnlySpan<string> lines)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 200);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 599);
        if (lines.IsEmpty)
            throw new ArgumentException("A reply has at least one line.", nameof(lines));

        var room = LineBytesMax - 6 - (enhanced.Length == 0 ? 0 : enhanced.Length + 1);
        var text = new StringBuilder();
        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0)
                text.Append('\n');
            AppendClean(text, lines[i], room);
        }

        return new Reply(code, enhanced, text.ToString()) { Closes = code is 221 or 421 };
    }

    /// <summary>The same reply, after which the connection ends.</summary>
    public Reply ThenClose() => this with { Closes = true };

    /// <summary>Writes the reply as it goes over the wire.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        var text = Text.AsSpan();
        while (true)
        {
            var end = text.IndexOf('\n');
            var line = end < 0 ? text : text[..end];
            WriteLine(output, line, last: end < 0);
            if (end < 0)
                return;
            text = text[(end + 1)..];
        }
    }

    /// <summary>The reply as it goes over the wire, without the last CRLF.</summary>
    public override string ToString()
    {
        var output = new ArrayBufferWriter<byte>();
        WriteTo(output);
        return Encoding.ASCII.GetString(output.WrittenSpan[..^2]);
    }

    private void WriteLine(IBufferWriter<byte> output, ReadOnlySpan<char> line, bool last)
    {
        var span = output.GetSpan(LineBytesMax);
        Code.TryFormat(span, out var at, default, CultureInfo.InvariantCulture);
        span[at++] = last ? (byte)' ' : (byte)'-';
        if (Enhanced.Length > 0)
        {
            at += Encoding.ASCII.GetBytes(Enhanced, span[at..]);
            span[at++] = (byte)' ';
        }

        at += Encoding.ASCII.GetBytes(line, span[at..]);
        "\r\n"u8.CopyTo(span[at..]);
        output.Advance(at + 2);
    }

    private static void AppendClean(StringBuilder text, string line, int room)
    {
        foreach (var c in line.Length > room ? line.AsSpan(0, room) : line)
            text.Append(c is < ' ' or > '~' ? '?' : c);
    }
}
