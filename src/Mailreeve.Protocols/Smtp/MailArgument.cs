using System.Buffers.Text;

namespace Mailreeve.Protocols.Smtp;

/// <summary>What stands behind <c>MAIL</c> (RFC 5321 §4.1.1.2).</summary>
/// <param name="From">The reverse-path; <see langword="null"/> for <c>&lt;&gt;</c>, which bounces use.</param>
/// <param name="SizeBytes">What the client says the message has (RFC 1870 §6); <see langword="null"/> when it does not say.</param>
/// <param name="EightBit">Whether it declared <c>BODY=8BITMIME</c> (RFC 6152 §3).</param>
/// <param name="SmtpUtf8">Whether it asked for internationalised mail (RFC 6531 §3.4).</param>
public sealed record MailArgument(Mailbox? From, long? SizeBytes, bool EightBit, bool SmtpUtf8)
{
    /// <summary>The sender's own name for the message (ENVID, RFC 3461 §4.4), decoded; <see langword="null"/> for none.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>Whether a notification of failure is to bring the whole message back (RET=FULL, RFC 3461 §4.3); <see langword="null"/> when nothing was said.</summary>
    public bool? ReturnFull { get; init; }

    // "MAIL FROM:" Reverse-path [ SP Mail-parameters ]. A blank before the path is wrong and common: Outlook sends it.
    /// <summary>Reads the argument of MAIL.</summary>
    /// <param name="argument">What follows the verb.</param>
    /// <param name="extended">Whether the client said EHLO; without it there are no parameters.</param>
    /// <param name="sizeBytesMax">Largest message taken; a larger SIZE is refused here.</param>
    /// <param name="mail">What was read.</param>
    /// <param name="rejected">The reply, when the result is <see langword="false"/>.</param>
    /// <param name="isSubmission">Whether DSN and AUTH were announced, as where customers hand mail in, and their parameters may be here.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> argument, bool extended, long sizeBytesMax, out MailArgument mail, out Reply rejected, bool isSubmission = false)
    {
        mail = new MailArgument(null, null, false, false);
        rejected = Reply.C501BadMailSyntax;
        if (argument.Length < 5 || !System.Text.Ascii.EqualsIgnoreCase(argument[..5], "FROM:"u8))
            return false;

        var rest = argument[5..].TrimStart((byte)' ');
        if (!SmtpPath.TryParse(ref rest, out var from, out var problem))
        {
            rejected = problem == PathProblem.Syntax ? Reply.C501BadSender : Reply.C553SenderNotAllowed;
            return false;
        }

        if (from is { Domain.Length: 0 })
        {
            rejected = Reply.C553SenderNotAllowed;
            return false;
        }

        mail = mail with { From = from };
        if (!TryParseParameters(rest, extended, isSubmission, ref mail, out rejected))
            return false;
        if (from is { NeedsUtf8: true } && !mail.SmtpUtf8)
        {
            rejected = Reply.C553NeedsSmtpUtf8;
            return false;
        }

        if (mail.SizeBytes > sizeBytesMax)
        {
            rejected = Reply.C552TooBig;
            return false;
        }

        return true;
    }

    private static bool TryParseParameters(ReadOnlySpan<byte> rest, bool extended, bool isSubmission, ref MailArgument mail, out Reply rejected)
    {
        var parameters = new EsmtpParameters(rest);
        var seen = 0;
        rejected = Reply.C555UnknownParameter;
        while (parameters.MoveNext())
        {
            if (!extended)
                return false;
            var bit = BitOf(parameters);
            if (bit == 0 || (bit >= FirstOfSubmission && !isSubmission))
                return false;
            if ((seen & bit) != 0 || !TryTake(bit, parameters.Value, ref mail))
            {
                rejected = Reply.C501BadParameter;
                return false;
            }

            seen |= bit;
        }

        rejected = Reply.C501BadParameter;
        return !parameters.Malformed;
    }

    private const int FirstOfSubmission = 8;

    private static int BitOf(EsmtpParameters parameter) =>
        parameter.Is("SIZE"u8) ? 1
        : parameter.Is("BODY"u8) ? 2
        : parameter.Is("SMTPUTF8"u8) ? 4
        : parameter.Is("AUTH"u8) ? FirstOfSubmission
        : parameter.Is("RET"u8) ? 16
        : parameter.Is("ENVID"u8) ? 32
        : 0;

    private static bool TryTake(int bit, ReadOnlySpan<byte> value, ref MailArgument mail)
    {
        switch (bit)
        {
            case 1:
                // size-value = 1*20DIGIT; 19 digits fit in a long and are 9 exabytes.
                if (value.Length is 0 or > 20 || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                    return false;
                mail = mail with { SizeBytes = Utf8Parser.TryParse(value, out long size, out var used) && used == value.Length ? size : long.MaxValue };
                return true;
            case 2:
                var eightBit = System.Text.Ascii.EqualsIgnoreCase(value, "8BITMIME"u8);
                if (!eightBit && !System.Text.Ascii.EqualsIgnoreCase(value, "7BIT"u8))
                    return false;
                mail = mail with { EightBit = eightBit };
                return true;
            case 4:
                mail = mail with { SmtpUtf8 = true };
                return value.IsEmpty;
            case FirstOfSubmission:
                // RFC 4954 §5: who else has signed in somewhere; what we go by is who has signed in here.
                return !value.IsEmpty;
            case 16:
                var known = DsnParameters.TryReadReturn(value, out var full);
                mail = mail with { ReturnFull = full };
                return known;
            default:
                var read = DsnParameters.TryReadEnvelopeId(value, out var id);
                mail = mail with { EnvelopeId = id };
                return read;
        }
    }
}
