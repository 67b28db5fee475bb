using System.Buffers;
using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Smtp;
using MimeKit;
using NodaTime;

namespace Mailreeve.Protocols.Messages;

/// <summary>The header of a message that a mail program hands in: who it says it is from, and what it must not or must say besides (RFC 6409 §8).</summary>
public sealed class SubmittedHeader
{
    private static readonly ParserOptions Addresses = new() { AllowAddressesWithoutDomain = false, AllowUnquotedCommasInAddresses = false };

    // Bcc is for the sender's eyes. The others are what we say about a message, and whoever hands it in must not say it for us. A
    // Return-Path is written where a message is delivered (RFC 5321 §4.4).
    private static readonly byte[][] NotTheirs =
    [
        "Bcc"u8.ToArray(), "Resent-Bcc"u8.ToArray(), "Return-Path"u8.ToArray(), "CFBL-Address"u8.ToArray(), "CFBL-Feedback-ID"u8.ToArray(),
        "Feedback-ID"u8.ToArray(), "Mailreeve-Trace"u8.ToArray(),
    ];

    private readonly List<(int Start, int End)> kept = [];
    private readonly List<Mailbox> authors = [];
    private readonly List<Mailbox> others = [];
    private readonly string authority;
    private int from;
    private bool hasDate;

    private SubmittedHeader(string authority) => this.authority = authority;

    /// <summary>What is wrong with it.</summary>
    public SubmittedHeaderProblem Problem { get; private set; }

    /// <summary>The addresses of From, in order; at least one when nothing is wrong.</summary>
    public IReadOnlyList<Mailbox> Authors => authors;

    /// <summary>The addresses of Sender, Resent-From and Resent-Sender.</summary>
    public IReadOnlyList<Mailbox> OtherSenders => others;

    /// <summary>The Message-ID with its brackets, one word of at most 998 characters; empty when it has none.</summary>
    public string MessageId { get; private set; } = "";

    /// <summary>The identifier of List-Id (RFC 2919 §3), lower case; <see langword="null"/> when it names no list.</summary>
    public string? ListId { get; private set; }

    /// <summary>The subject in one line of at most 200 characters; empty when it has none.</summary>
    public string Subject { get; private set; } = "";

    /// <summary>Whether it says how to leave the list (RFC 2369 §3.2).</summary>
    public bool HasUnsubscribe { get; private set; }

    /// <summary>Reads a header.</summary>
    /// <param name="header">The message from its first octet, up to and with the blank line if there is one.</param>
    /// <param name="authority">Our name as it stands in Authentication-Results (RFC 8601 §2.5): results under it are ours and are taken out.</param>
    public static SubmittedHeader Read(ReadOnlySpan<byte> header, string authority)
    {
        var read = new SubmittedHeader(authority);
        var reader = new HeaderReader(header, 0);
        while (reader.Next(out var field))
            read.Take(header, field);

        if (read.Problem == SubmittedHeaderProblem.None && read.from == 0)
            read.Problem = SubmittedHeaderProblem.NoFrom;
        else if (read.from > 1)
            read.Problem = SubmittedHeaderProblem.SeveralFroms;
        return read;
    }

    /// <summary>Writes what is kept of the header, Date and Message-ID when they are missing (RFC 6409 §8.1, §8.2), and the blank line.</summary>
    /// <param name="header">What was read.</param>
    /// <param name="now">When it was handed in.</param>
    /// <param name="messageId">A Message-ID with brackets, for a message that has none; <see cref="MessageId"/> afterwards.</param>
    /// <param name="output">Where to.</param>
    public void Write(ReadOnlySpan<byte> header, Instant now, string messageId, IBufferWriter<byte> output)
    {
        foreach (var (start, end) in kept)
        {
            output.Write(header[start..end]);
            // A message that is only a header may end without a line end.
            if (header[end - 1] != '\n')
                output.Write("\r\n"u8);
        }

        if (!hasDate)
            Line(output, $"Date: {now.ToDateTimeUtc().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)}");
        if (MessageId.Length == 0)
        {
            MessageId = messageId;
            Line(output, $"Message-ID: {messageId}");
        }

        output.Write("\r\n"u8);
    }

    private static void Line(IBufferWriter<byte> output, string line)
    {
        Encoding.ASCII.GetBytes(line, output);
        output.Write("\r\n"u8);
    }

    private void Take(ReadOnlySpan<byte> header, HeaderField field)
    {
        var name = field.Name(header);
        var value = field.Value(header);
        // Such a line is nobody's field and some reader's body: who sees what would be a matter of taste.
        if (name.IsEmpty)
        {
            Problem = SubmittedHeaderProblem.NoField;
            return;
        }

        foreach (var other in NotTheirs)
        {
            if (Ascii.EqualsIgnoreCase(name, other))
                return;
        }

        if (Is(name, "Authentication-Results"u8) && IsOurs(value))
            return;
        kept.Add((field.Start, field.End));
        Note(name, value);
    }

    private void Note(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Is(name, "From"u8))
        {
            from++;
            Read(value, authors);
        }
        else if (Is(name, "Sender"u8) || Is(name, "Resent-From"u8) || Is(name, "Resent-Sender"u8))
            Read(value, others);
        else if (Is(name, "Date"u8))
            hasDate = true;
        else if (Is(name, "Message-ID"u8))
            MessageId = WordOf(value);
        else if (Is(name, "Subject"u8))
            Subject = OneLine(value);
        else if (Is(name, "List-Id"u8))
            ListId = ListOf(value);
        else if (Is(name, "List-Unsubscribe"u8))
            HasUnsubscribe = true;
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);

    // authres-header = authserv-id [ CFWS version ] …
    private bool IsOurs(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOfAny(" ;\t\r\n"u8);
        return Ascii.EqualsIgnoreCase(end < 0 ? value : value[..end], Encoding.ASCII.GetBytes(authority));
    }

    private void Read(ReadOnlySpan<byte> value, List<Mailbox> into)
    {
        if (!InternetAddressList.TryParse(Addresses, value.ToArray(), out var list))
        {
            Problem = SubmittedHeaderProblem.BadAddress;
            return;
        }

        var count = 0;
        foreach (var address in list.Mailboxes)
        {
            count++;
            if (Mailbox.ParseOrNull(address.Address) is { } mailbox)
                into.Add(mailbox);
            else
                Problem = SubmittedHeaderProblem.BadAddress;
        }

        if (count == 0)
            Problem = SubmittedHeaderProblem.BadAddress;
    }

    private static string WordOf(ReadOnlySpan<byte> value) =>
        value.Length is > 0 and <= 998 && !value.ContainsAnyExceptInRange((byte)'!', (byte)'~') ? Encoding.ASCII.GetString(value) : "";

    private static string OneLine(ReadOnlySpan<byte> value)
    {
        var text = MimeKit.Utils.Rfc2047.DecodeText(value[..Math.Min(value.Length, 1000)].ToArray());
        return new string([.. text.Take(200).Select(c => char.IsControl(c) ? ' ' : c)]);
    }

    // list-id-header = "List-ID:" [phrase] "<" list-id ">" CRLF
    private static string? ListOf(ReadOnlySpan<byte> value)
    {
        var open = value.LastIndexOf((byte)'<');
        var inner = open < 0 ? value : value[(open + 1)..].TrimEnd((byte)'>');
        return inner.Length is > 0 and <= 255 && !inner.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            ? Encoding.ASCII.GetString(inner).ToLowerInvariant()
            : null;
    }
}

/// <summary>Why the header of a message that is handed in cannot be taken.</summary>
public enum SubmittedHeaderProblem
{
    /// <summary>It can.</summary>
    None,

    /// <summary>It has no From (RFC 5322 §3.6).</summary>
    NoFrom,

    /// <summary>It has more than one From: each reader would show another.</summary>
    SeveralFroms,

    /// <summary>An address of From, Sender or the like cannot be read, or there is none in the field.</summary>
    BadAddress,

    /// <summary>A line of it is no field.</summary>
    NoField,
}
