using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Smtp;

/// <summary>The address of an envelope (RFC 5321 §4.1.2).</summary>
/// <param name="LocalPart">What stands before the last <c>@</c>, with quotes and backslashes undone. May be empty (<c>""@…</c>).</param>
/// <param name="Domain">As written; <c>[192.0.2.1]</c> for an address literal; empty for the bare <c>&lt;Postmaster&gt;</c> of §4.5.1.</param>
public sealed record Mailbox(string LocalPart, string Domain)
{
    /// <summary>Whether it has a character that needs SMTPUTF8 (RFC 6531 §3.3).</summary>
    public bool NeedsUtf8 => !Ascii.IsValid(LocalPart) || !Ascii.IsValid(Domain);

    /// <summary>Whether the domain is an address in brackets (§4.1.3).</summary>
    public bool IsLiteral => Domain.StartsWith('[');

    /// <summary>The address in the brackets; <see langword="null"/> for a name.</summary>
    public Address? Literal => IsLiteral ? Address.ParseOrNull(Domain) : null;

    /// <summary>Reads <c>local@domain</c> without angle brackets, as written in a configuration or a header.</summary>
    /// <returns><see langword="null"/> when it is none.</returns>
    public static Mailbox? ParseOrNull(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var path = Encoding.UTF8.GetBytes($"<{text}>");
        ReadOnlySpan<byte> rest = path;
        return SmtpPath.TryParse(ref rest, out var mailbox, out _) && rest.IsEmpty && mailbox is { Domain.Length: > 0 } ? mailbox : null;
    }

    /// <summary>The address as it must be written in an envelope or a header: the local part quoted when it has to be.</summary>
    public override string ToString()
    {
        var local = SmtpPath.IsDotString(LocalPart) ? LocalPart : Quote(LocalPart);
        return Domain.Length == 0 ? local : string.Create(CultureInfo.InvariantCulture, $"{local}@{Domain}");
    }

    private static string Quote(string local)
    {
        var quoted = new StringBuilder(local.Length + 2).Append('"');
        foreach (var c in local)
        {
            if (c is '"' or '\\')
                quoted.Append('\\');
            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
