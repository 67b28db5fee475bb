using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

/// <summary>Text to octets and back: one character of a string is one octet.</summary>
internal static class Wire
{
    public static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text);

    public static ReadOnlySequence<byte> Sequence(string text) => new(Octets(text));

    public static string Text(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);

    public static ImapCommand Parse(string text) => ImapParser.Parse(Octets(text), ImapLimits.Default);

    public static ImapCommand ParseUtf8(string text) => ImapParser.Parse(Encoding.UTF8.GetBytes(text), ImapLimits.Default);

    /// <summary>What a writer wrote.</summary>
    public static string Written(Action<ImapWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new ImapWriter(output));
        return Text(output.WrittenSpan);
    }

    public static SequenceSet Set(params uint[] numbers) => new([.. numbers.Select(n => new SequenceRange(n))]);

    public static SequenceSet Range(uint first, uint last) => new([new SequenceRange(first, last)]);
}
