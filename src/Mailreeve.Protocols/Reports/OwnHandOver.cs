using System.Text;
using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Reports;

/// <summary>What a Received line says that bears the name of a server of ours. Anybody can write one: only our log tells whether it is true.</summary>
/// <param name="Id">The queue id in it, lower case.</param>
/// <param name="Client">Whom the message was taken from; null when the line does not say, or names only a local address.</param>
/// <param name="Time">When.</param>
public sealed record OwnHandOver(string Id, Address? Client, ReportedTime Time)
{
    // A message passes two or three servers of ours; more lines than that are somebody's game.
    private const int LinesMax = 10;
    private const int HeaderBytesMax = 256 << 10;
    private const int LineLengthMax = 4096;
    private const int IdLengthMax = 100;

    /// <summary>The lines of ours in the header of a message, from the top.</summary>
    /// <param name="message">The message, or its header alone.</param>
    /// <param name="isOurs">Whether a host name, as written, is one of our servers'.</param>
    public static IReadOnlyList<OwnHandOver> Find(ReadOnlyMemory<byte> message, Predicate<string> isOurs)
    {
        var octets = message.Span[..Math.Min(message.Length, HeaderBytesMax)];
        var found = new List<OwnHandOver>();
        var reader = new HeaderReader(octets, 0);
        while (found.Count < LinesMax && reader.Next(out var field))
        {
            if (field.NameLength != 8 || field.End - field.ValueStart > LineLengthMax || !Ascii.EqualsIgnoreCase(field.Name(octets), "Received"u8))
                continue;
            if (Read(Encoding.Latin1.GetString(field.Value(octets)), isOurs) is { } own)
                found.Add(own);
        }

        return found;
    }

    // "by" Domain … "id" ( Atom / msg-id ), in any order of the optional clauses (RFC 5321 §4.4).
    private static OwnHandOver? Read(string line, Predicate<string> isOurs)
    {
        string? id = null;
        var (isOwn, before) = (false, "");
        foreach (var range in line.AsSpan().SplitAny(" \t\r\n;"))
        {
            var word = line[range];
            if (word.Length == 0)
                continue;
            if (before.Equals("by", StringComparison.OrdinalIgnoreCase) && !isOwn)
                isOwn = isOurs(word.TrimEnd('.'));
            else if (before.Equals("id", StringComparison.OrdinalIgnoreCase) && isOwn)
                id ??= word.Trim('<', '>').ToLowerInvariant();
            before = word;
        }

        if (id is null or { Length: 0 or > IdLengthMax })
            return null;
        var unfolded = line.Replace("\r\n", "", StringComparison.Ordinal).Replace('\n', ' ');
        var hop = ReceivedLine.Read(unfolded);
        var semicolon = unfolded.LastIndexOf(';');
        return new OwnHandOver(id, hop?.Address, semicolon < 0 ? ReportedTime.Missing : ReportedTime.Read(unfolded[(semicolon + 1)..]));
    }
}
