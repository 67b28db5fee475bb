using System.Buffers;
using Mailreeve.Mail.Wire;
using Mailreeve.Policy.Mail;

namespace Mailreeve.Mail.Milter;

/// <summary>One message, from MAIL on.</summary>
internal sealed class MilterTransaction(string from, ClientStanding standing, long sizeBytes) : IDisposable
{
    private static readonly SearchValues<byte> BehindName = SearchValues.Create("; \t\r\n(\""u8);
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    private readonly List<int> forged = [];
    private int results;
    private int fields;

    public string From { get; } = from;

    public ClientStanding Standing { get; } = standing;

    /// <summary>Octets as MAIL announced them; 0 when it did not.</summary>
    public long SizeBytes { get; } = sizeBytes;

    public List<string> Recipients { get; } = [];

    /// <summary>What the other server has shown of it.</summary>
    public MessageBuffer Content { get; } = new();

    /// <summary>Fields <c>Authentication-Results</c> that claim to be ours, by their number among those of this name, last first.</summary>
    public IEnumerable<int> Forged => Enumerable.Reverse(forged);

    /// <summary>Whether it is larger than it may be. What did not fit is not kept, and the end of the message refuses it.</summary>
    public bool IsTooBig { get; private set; }

    /// <summary>Whether so many octets more may be kept.</summary>
    public bool HasRoom(long more, long sizeBytesMax)
    {
        IsTooBig |= Content.Length + more > sizeBytesMax;
        return !IsTooBig;
    }

    /// <summary>Whether one more field, of so many octets, may be kept.</summary>
    public bool HasRoomForField(long octets, MilterLimits limits)
    {
        IsTooBig |= ++fields > limits.FieldsMax;
        return HasRoom(octets, limits.SizeBytesMax);
    }

    /// <summary>A field of the header, as the other server keeps it: lines end in LF.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">What stands behind the colon.</param>
    /// <param name="leadingSpace">Whether the blank behind the colon is part of the value.</param>
    /// <param name="hostName">Our name.</param>
    public void AddField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool leadingSpace, string hostName)
    {
        if (System.Text.Ascii.EqualsIgnoreCase(name, "Authentication-Results"u8))
        {
            results++;
            if (IsFrom(value, hostName))
                forged.Add(results);
        }

        Content.Write(name);
        Content.Write(leadingSpace ? ":"u8 : ": "u8);
        while (value.IndexOf((byte)'\n') is var end and >= 0)
        {
            Content.Write(value[..end].TrimEnd((byte)'\r'));
            Content.Write(LineEnd);
            value = value[(end + 1)..];
        }

        Content.Write(value);
        Content.Write(LineEnd);
    }

    /// <summary>The header is over, as far as there is room to say so.</summary>
    public void EndHeader(long sizeBytesMax)
    {
        if (HasRoom(LineEnd.Length, sizeBytesMax))
            Content.Write(LineEnd);
    }

    public void Dispose() => Content.Dispose();

    // authres-header = [CFWS] authserv-id [ CFWS version ] … (RFC 8601 §2.2); comments before it are passed over as they can be nested.
    private static bool IsFrom(ReadOnlySpan<byte> value, string hostName)
    {
        var depth = 0;
        for (; !value.IsEmpty; value = value[1..])
        {
            if (value[0] == '(')
                depth++;
            else if (value[0] == ')' && depth > 0)
                depth--;
            else if (depth == 0 && value[0] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)'"'))
                break;
        }

        var end = value.IndexOfAny(BehindName);
        return System.Text.Ascii.EqualsIgnoreCase(end < 0 ? value : value[..end], hostName);
    }
}
