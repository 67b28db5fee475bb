namespace Mailreeve.Protocols.Smtp;

/// <summary>What stands behind <c>RCPT</c> (RFC 5321 §4.1.1.3).</summary>
/// <param name="To">The recipient. Its domain is empty when none was given, as in <c>&lt;Postmaster&gt;</c>.</param>
public sealed record RcptArgument(Mailbox To)
{
    // "RCPT TO:" ( "<Postmaster>" / Forward-path ) [ SP Rcpt-parameters ]; a blank before the path as with MAIL.
    /// <summary>Reads the argument of RCPT.</summary>
    /// <param name="argument">What follows the verb.</param>
    /// <param name="allowUtf8">Whether the transaction was opened with SMTPUTF8.</param>
    /// <param name="rcpt">What was read.</param>
    /// <param name="rejected">The reply, when the result is <see langword="false"/>.</param>
    public static bool TryParse(ReadOnlySpan<byte> argument, bool allowUtf8, out RcptArgument rcpt, out Reply rejected)
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

        var parameters = new EsmtpParameters(rest);
        if (parameters.MoveNext() || parameters.Malformed)
        {
            rejected = parameters.Malformed ? Reply.C501BadParameter : Reply.C555UnknownParameter;
            return false;
        }

        rcpt = new RcptArgument(to);
        return true;
    }
}
