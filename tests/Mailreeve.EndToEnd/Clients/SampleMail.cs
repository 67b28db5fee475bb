using System.Text;
using MimeKit;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>Messages as people write them.</summary>
internal static class SampleMail
{
    private static readonly DateTimeOffset FirstDay = new(2026, 3, 2, 9, 30, 0, TimeSpan.FromHours(1));

    /// <summary>A short text, of the first day or so many days after it.</summary>
    public static MimeMessage Text(
        string subject, string body = "See you tomorrow.\r\n", int day = 0, string from = "Ann Example <ann@elsewhere.example>")
    {
        var message = new MimeMessage
        {
            Subject = subject,
            Date = FirstDay.AddDays(day),
            MessageId = $"{Guid.NewGuid():N}@elsewhere.example",
            Body = new TextPart("plain") { Text = body },
        };
        message.From.Add(MailboxAddress.Parse(from));
        message.To.Add(new MailboxAddress("Bob", "bob@provider.example"));
        return message;
    }

    /// <summary>An answer to a message.</summary>
    public static MimeMessage Answer(MimeMessage to, string body = "So we will.\r\n", int day = 1)
    {
        var message = Text($"Re: {to.Subject}", body, day);
        message.InReplyTo = to.MessageId;
        message.References.AddRange([.. to.References, to.MessageId!]);
        return message;
    }

    /// <summary>Text and HTML, with a picture-like attachment of that many bytes and a forwarded message.</summary>
    public static MimeMessage Rich(string subject, int attachmentBytes = 20_000)
    {
        var message = Text(subject);
        message.Cc.Add(new MailboxAddress("Zoë Grün", "zoe@elsewhere.example"));
        var builder = new BodyBuilder { TextBody = "Grüße aus Köln\r\n", HtmlBody = "<p>Grüße aus <b>Köln</b></p>\r\n" };
        builder.Attachments.Add("bericht – März.bin", Bytes(attachmentBytes), new ContentType("application", "octet-stream"));
        builder.Attachments.Add(new MessagePart { Message = Text("What was forwarded", "Inner words.\r\n") });
        message.Body = builder.ToMessageBody();
        return message;
    }

    /// <summary>Bytes that look like nothing, the same each time.</summary>
    public static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        uint state = 2_463_534_242;
        for (var i = 0; i < count; i++)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            bytes[i] = (byte)state;
        }

        return bytes;
    }

    /// <summary>A message as it goes over the wire.</summary>
    public static byte[] Wire(this MimeMessage message)
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        using var bytes = new MemoryStream();
        message.WriteTo(format, bytes);
        return bytes.ToArray();
    }

    /// <summary>A message as it goes over the wire, a character for each byte.</summary>
    public static string WireText(this MimeMessage message) => Encoding.Latin1.GetString(message.Wire());

    /// <summary>The same, written by a user: whoever signs in writes in their own name.</summary>
    public static MimeMessage By(this MimeMessage message, MailUser user)
    {
        message.From.Clear();
        message.From.Add(new MailboxAddress("", user.Address));
        return message;
    }
}
