using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.ClientSetup;

/// <summary>
/// The DNS records through which mail programs find this server: SRV (RFC 6186 §3, RFC 8314 §5.1), autoconfig and autodiscover, and the
/// MX record. Text of a master file (RFC 1035 §5) to be pasted into a zone; every name is complete, so it does not matter where.
/// </summary>
public static class ZoneSnippet
{
    // One line serves every zone; a name may have 253 characters, and the longest of ours goes in front.
    private const int DomainLengthMax = 253 - 18;

    /// <summary>Writes the records of one domain.</summary>
    /// <param name="services">The services. One that is not offered gets the target <c>.</c>, which says so (RFC 6186 §3.4).</param>
    /// <param name="domain">The domain, as A-label or U-label, with or without final dot.</param>
    /// <returns><see langword="null"/> when it is no domain name, or too long for the names in front of it.</returns>
    public static string? WriteOrNull(MailServices services, string domain)
    {
        if (NameOrNull(domain) is not { Length: <= DomainLengthMax } name || NameOrNull(services.HostName) is not { } host)
            return null;

        var zone = new StringBuilder();
        Line(zone, $"; Mail of {name}: records for {services.ProviderName.ReplaceLineEndings(" ")}. The number in front of IN is the time to live in seconds.");
        Line(zone, "");
        Line(zone, "; Where mail for the domain goes.");
        Line(zone, $"{name}. 3600 IN MX 10 {host}.");
        Line(zone, "");
        Line(zone, "; Where mail programs read it. The lowest number after SRV is tried first: IMAP before POP3, TLS from the first byte before");
        Line(zone, "; STARTTLS (RFC 8314). \"0 0 0 .\" says that there is no such service (RFC 6186).");
        Service(zone, "_imaps", name, 0, services.Imap.ImplicitTls, host);
        Service(zone, "_imap", name, 10, services.Imap.StartTls, host);
        Service(zone, "_pop3s", name, 20, services.Pop3.ImplicitTls, host);
        Service(zone, "_pop3", name, 30, services.Pop3.StartTls, host);
        Line(zone, "");
        Line(zone, "; Where they send it.");
        Service(zone, "_submissions", name, 0, services.Submission.ImplicitTls, host);
        Service(zone, "_submission", name, 10, services.Submission.StartTls, host);
        Line(zone, "");
        Pages(zone, services, name);
        return zone.ToString();
    }

    private static void Pages(StringBuilder zone, MailServices services, string name)
    {
        if (services.WebHost is not { } web || NameOrNull(web) is not { } host)
        {
            Line(zone, "; No records for Thunderbird's autoconfig and Outlook's autodiscover: base-url has an address instead of a name.");
            return;
        }

        Line(zone, "; Where Thunderbird and Outlook ask for settings. Outlook follows the SRV record when the web server has no certificate for the");
        Line(zone, "; name autodiscover; Thunderbird needs one for autoconfig.");
        foreach (var alias in new[] { "autoconfig", "autodiscover" })
        {
            if (!DomainName.Same($"{alias}.{name}", host))
                Line(zone, $"{alias}.{name}. 3600 IN CNAME {host}.");
        }

        // Outlook speaks TLS only, at whatever port.
        if (new Uri(services.BaseUrl) is { Scheme: "https" } url)
            Line(zone, $"_autodiscover._tcp.{name}. 3600 IN SRV 0 1 {url.Port.ToString(CultureInfo.InvariantCulture)} {host}.");
    }

    private static void Service(StringBuilder zone, string service, string name, int priority, int? port, string host) =>
        Line(zone, port is { } number
            ? string.Create(CultureInfo.InvariantCulture, $"{service}._tcp.{name}. 3600 IN SRV {priority} 1 {number} {host}.")
            : $"{service}._tcp.{name}. 3600 IN SRV 0 0 0 .");

    private static void Line(StringBuilder zone, string text) => zone.Append(text).Append('\n');

    private static string? NameOrNull(string name)
    {
        try
        {
            var ascii = new IdnMapping().GetAscii(name.EndsWith('.') ? name[..^1] : name).ToLowerInvariant();
            // After this nothing is left that means something in a master file: letters, digits, hyphens, underscores and dots.
            return DomainName.IsValid(Encoding.UTF8.GetBytes(ascii)) ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
