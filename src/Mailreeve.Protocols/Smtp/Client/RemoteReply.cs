using System.Text;

namespace Mailreeve.Protocols.Smtp.Client;

/// <summary>What a remote server answered (RFC 5321 §4.2).</summary>
/// <param name="Code">The three digits, 200–559.</param>
/// <param name="Text">The text without the codes of the lines; lines are divided by LF. Nothing in it can end a line or a message of ours.</param>
public sealed record RemoteReply(int Code, string Text)
{
    /// <summary>Done: 2xx.</summary>
    public bool IsDone => Code / 100 == 2;

    /// <summary>Go on: 3xx.</summary>
    public bool IsGoOn => Code / 100 == 3;

    /// <summary>Not now: 4xx.</summary>
    public bool IsLater => Code / 100 == 4;

    /// <summary>Not ever: 5xx.</summary>
    public bool IsNever => Code / 100 == 5;

    /// <summary>Whether the server closes the connection behind it (RFC 5321 §3.8).</summary>
    public bool Closes => Code == 421;

    /// <summary>Code and text on one line, as it is kept and told.</summary>
    public override string ToString() => Text.Length == 0 ? $"{Code}" : $"{Code} {Text.Replace('\n', ' ')}";

    // textstring is ASCII; a server in another language sends UTF-8 or whatever it has. Control characters would move someone's terminal.
    internal static string Clean(ReadOnlySpan<byte> octets)
    {
        if (Ascii.IsValid(octets) && !octets.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return Encoding.ASCII.GetString(octets);

        var text = new StringBuilder(octets.Length);
        foreach (var rune in Encoding.UTF8.GetString(octets).EnumerateRunes())
            text.Append(rune.Value == '\n' ? "\n" : Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? "?" : rune.ToString());
        return text.ToString();
    }
}
