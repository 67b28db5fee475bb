using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Net;
using MimeKit;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Web.Public;

/// <summary>A report form that was filled in well enough to be kept.</summary>
internal sealed record FormReport
{
    private const int TextMax = 10_000;
    private const int LineMax = 300;

    private static readonly LocalDateTimePattern[] TimePatterns =
    [
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm"),
        LocalDateTimePattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss"),
    ];

    public required ReportKind Kind { get; init; }

    /// <summary>Null when only the message says where it came from.</summary>
    public string? Source { get; init; }

    public int? Port { get; init; }

    /// <summary>Null when only the message says when.</summary>
    public Instant? OccurredAt { get; init; }

    public required string Explanation { get; init; }

    /// <summary>The reported message in full.</summary>
    public byte[]? Message { get; init; }

    /// <summary>Null for an anonymous report.</summary>
    public string? Name { get; init; }

    public string? Email { get; init; }

    /// <summary>Reads the form.</summary>
    /// <param name="form">As typed.</param>
    /// <param name="upload">The uploaded message; null when there is none.</param>
    /// <param name="now">The time.</param>
    /// <param name="problems">What is wrong, by field; empty when it can be kept.</param>
    public static FormReport? Read(ReportForm form, byte[]? upload, Instant now, out Dictionary<string, string> problems)
    {
        problems = [];
        var kind = ReportKind.Find(form.Kind);
        if (kind is null)
            problems["kind"] = "Choose what happened.";
        var message = ReadMessage(form, upload, problems);
        var source = ReadSource(form, message is not null, problems);
        var occurredAt = ReadTime(form, message is not null, now, problems);
        var port = ReadPort(form, problems);
        ReadPerson(form, problems);
        if (form.Explanation.Trim().Length < 10)
            problems["explanation"] = "Say in a sentence or two what happened and why it is abuse.";
        else if (form.Explanation.Length > TextMax)
            problems["explanation"] = $"At most {TextMax} characters, please; a long log can be uploaded as a message.";
        if (!form.GoodFaith)
            problems["good-faith"] = "We can only act on a report that is made in good faith.";
        if (problems.Count > 0)
            return null;

        var anonymous = form.Email.Trim().Length == 0;
        return new FormReport
        {
            Kind = kind!,
            Source = source,
            Port = port,
            OccurredAt = occurredAt,
            Explanation = form.Explanation.Trim().ReplaceLineEndings("\n"),
            Message = message,
            Name = anonymous ? null : form.Name.Trim(),
            Email = anonymous ? null : form.Email.Trim(),
        };
    }

    private static byte[]? ReadMessage(ReportForm form, byte[]? upload, Dictionary<string, string> problems)
    {
        var message = upload ?? (form.Message.Trim().Length == 0
            ? null
            : Encoding.UTF8.GetBytes(form.Message.TrimStart().ReplaceLineEndings("\r\n")));
        if (message is null || HasHeaders(message))
            return message;
        problems["message"] = "This has no mail headers (lines like “Received: from …” at its top). Use “show original” in your mail program and paste all of it.";
        return null;
    }

    // Without a Received line a message says nothing about who sent it.
    private static bool HasHeaders(byte[] message)
    {
        try
        {
            using var stream = new MemoryStream(message, writable: false);
            return new MimeParser(stream, MimeFormat.Entity).ParseHeaders().Contains(HeaderId.Received);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string? ReadSource(ReportForm form, bool hasMessage, Dictionary<string, string> problems)
    {
        var source = form.Source.Trim();
        if (source.Length == 0)
        {
            if (!hasMessage)
                problems["source"] = "Give the IP address or web address, or the message with its headers below.";
            return null;
        }

        if (source.Length > 2000)
            problems["source"] = "This is too long for an address.";
        else if (Address.TryParse(source, out var address))
            return address.ToString();
        else if (IsWebAddress(source) || IsDomain(source))
            return source;
        else
            problems["source"] = "This is no IP address, web address (https://…) or domain. Give one, in full.";
        return null;
    }

    private static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" or "ftp" && url.Host.Length > 0;

    private static bool IsDomain(string text) =>
        text.Length <= 253 && text.Contains('.') && Uri.CheckHostName(text) == UriHostNameType.Dns;

    private static Instant? ReadTime(ReportForm form, bool hasMessage, Instant now, Dictionary<string, string> problems)
    {
        if (form.When.Trim().Length == 0)
        {
            if (!hasMessage)
                problems["when"] = "Say when it happened; addresses change hands.";
            return null;
        }

        var offset = OffsetPattern.GeneralInvariant.Parse(form.Offset);
        foreach (var pattern in TimePatterns)
        {
            if (pattern.Parse(form.When.Trim()) is not { Success: true, Value: var local } || !offset.Success)
                continue;
            var at = local.WithOffset(offset.Value).ToInstant();
            if (at <= now + Duration.FromHours(1))
                return at;
            problems["when"] = "This time is in the future. Is the time zone right?";
            return null;
        }

        problems["when"] = "Write the time like 2026-11-24T08:15.";
        return null;
    }

    private static int? ReadPort(ReportForm form, Dictionary<string, string> problems)
    {
        if (form.Port.Trim().Length == 0)
            return null;
        if (int.TryParse(form.Port.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535)
            return port;
        problems["port"] = "A port is a number from 1 to 65535.";
        return null;
    }

    private static void ReadPerson(ReportForm form, Dictionary<string, string> problems)
    {
        var name = form.Name.Trim();
        var email = form.Email.Trim();
        if (name.Length == 0 && email.Length == 0 && form.Kind == ReportKind.ChildAbuse)
            return;
        if (name.Length is 0 or > LineMax || name.Any(char.IsControl))
            problems["name"] = "Say who you are.";
        if (email.Length > LineMax || !MailboxAddress.TryParse(ParserOptions.Default, email, out var mailbox) || mailbox.Address != email
            || !email.Contains('@', StringComparison.Ordinal) || email.Any(char.IsControl))
            problems["email"] = "Give a mail address, so that we can tell you what became of it.";
    }
}
