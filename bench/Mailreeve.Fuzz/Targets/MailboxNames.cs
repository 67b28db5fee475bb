using System.Buffers;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Fuzz.Targets;

/// <summary>Names of mailboxes in modified UTF-7 and in UTF-8.</summary>
internal static class MailboxNames
{
    public static readonly string[] Words = ["&", "-", "&-", "&AOk-", "&ACo-", "&2D3eAA-", "&2D0-", "&3gA-", "&AAA-", "&AIU-", "INBOX", "inbox", "/", "*", "%", "\u00c3\u00a9", "\u00f0\u009f\u0098\u0080", "\u00c2\u0085", "\u00e2\u0080\u00a8", ",", "+", "A", "AAAA", "\u007f", "\0", "&AGEA6Q-"];

    public static void Run(byte[] input)
    {
        if (!MailboxName.TryDecode(input, out var name))
            return;
        Hold.That(name.Length <= input.Length && !name.Any(char.IsControl), "A name is no longer than what was sent, and has no control characters.");
        var written = new ArrayBufferWriter<byte>();
        MailboxName.Encode(name, written);
        Hold.That(!written.WrittenSpan.ContainsAnyExceptInRange((byte)' ', (byte)'~'), "A name is written in printable ASCII.");
        Hold.That(MailboxName.TryDecode(written.WrittenSpan, out var again) && name == again, $"What was read can be written and read: {name}");

        // A wildcard of LIST has to be seen in what was sent.
        Hold.That(name.AsSpan().Count('*') <= input.AsSpan().Count((byte)'*') && name.AsSpan().Count('%') <= input.AsSpan().Count((byte)'%'), "Nothing hides a wildcard.");
    }
}
