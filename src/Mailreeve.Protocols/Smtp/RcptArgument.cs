namespace Mailreeve.Protocols.Smtp;

/// <summary>What stands behind <c>RCPT</c> (RFC 5321 §4.1.1.3).</summary>
/// <param name="To">The recipient. Its domain is empty when none was given, as in <c>&lt;Postmaster&gt;</c>.</param>
public sealed record RcptArgument(Mailbox To)
{
    /// <summary>When the sender wants to hear of this recipient (RFC 3461 §4.1); <see langword="null"/> when nothing was said.</summary>
    public NotifyWhen? Notify { get; init; }

    /// <summary>The recipient as first written (ORCPT, RFC 3461 §4.2), decoded, with its type in front; <see langword="null"/> for none.</summary>
    public string? Original { get; init; }

    // "RCPT TO:" ( "<Postmaster>" / Forward-path ) [ SP Rcpt-parameters ]; a blank before the path as with MAIL.
    /// <summary>Reads the argument of RCPT.</summary>
    /// <param name="argument">What follows the verb.</param>
    /// <param name="allowUtf8">Whether the transaction was opened with SMTPUTF8.</param>
    /// <param name="rcpt">What was read.</param>
    /// <param name="rejected">The reply, when the result is <see langword="false"/>.</param>
    /// <param name="isSubmission">Whether DSN was announced, as where customers hand mail in, and its parameters may be here.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> argument, bool allowUtf8, out RcptArgument rcpt, out Reply rejected, bool isSubmission = false)
    {
        rcpt = null!;
        rejected = Reply.C501BadRcptSyntax;
        if (argument.Length < 3 || !System.Text.Ascii.EqualsIgnoreCase(argument[..3], "TO:"u8))
            return false;

        var rest = argument[3..].TrimStart((byte)' ');
        if (!SmtpPath.TryParse(ref rest, out var to, out var problem) || to is null)
        {
            rejected = problem == PathProblem.SourceRoute ? Reply.C550RelayDenied : Reply.C501BadRecipient;
            return false;
        }

        if (to.NeedsUtf8 && !allowUtf8)
        {
            rejected = Reply.C553NeedsSmtpUtf8;
            return false;
        }

        rcpt = new RcptArgument(to);
        return TryParseParameters(rest, isSubmission, ref rcpt, out rejected);
    }

    private static bool TryParseParameters(ReadOnlySpan<byte> rest, bool isSubmission, ref RcptArgument rcpt, out Reply rejected)
    {
        var parameters = new EsmtpParameters(rest);
        rejected = Reply.C501BadParameter;
        while (parameters.MoveNext())
        {
            if (!isSubmission)
            {
                rejected = Reply.C555UnknownParameter;
                return false;
            }

            if (parameters.Is("NOTIFY"u8))
            {
                if (rcpt.Notify is not null || !DsnParameters.TryReadNotify(parameters.Value, out var notify))
                    return false;
                rcpt = rcpt with { Notify = notify };
            }
            else if (parameters.Is("ORCPT"u8))
            {
                if (rcpt.Original is not null || !DsnParameters.TryReadOriginal(parameters.Value, out var original))
                    return false;
                rcpt = rcpt with { Original = original };
            }
            else
            {
                rejected = Reply.C555UnknownParameter;
                return false;
            }
        }

        return !parameters.Malformed;
    }
}
