using System.Buffers.Text;
using System.Net;
using Mailreeve.Mail.Certificates;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Acme;

namespace Mailreeve.Configuration;

/// <summary>Reads what <c>mailreeve.toml</c> says about certificates: <c>[[tls]]</c>, <c>[acme]</c> and the keys of <c>[smtp]</c>.</summary>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="folder">Where paths begin.</param>
internal sealed class TlsReader(FileProblems problems, string folder)
{
    private const int ExternalKeyBytesMin = 16;

    /// <summary>The pair of a table; null when there is none, or half of one, which is reported.</summary>
    /// <param name="table">Null when it is missing.</param>
    /// <param name="required">Whether the pair must be there.</param>
    public CertificatePair? Pair(TableReader? table, bool required)
    {
        if (table is null)
            return null;
        var certificate = required ? table.Text("certificate", "mail.pem") : table.TextIfAny("certificate", "mail.pem");
        var key = required ? table.Text("key", "mail.key") : table.TextIfAny("key", "mail.key");
        if (!required && certificate is null != key is null)
        {
            problems.Add(
                table.At, table.KeyOf("key"), "A certificate and its key go together.",
                $"Give both {table.KeyOf("certificate")} and {table.KeyOf("key")}, or neither.");
        }

        return certificate is null || key is null
            ? null
            : new CertificatePair(Path.GetFullPath(certificate.Value, folder), Path.GetFullPath(key.Value, folder));
    }

    /// <summary>The pairs of <c>[[tls]]</c>.</summary>
    public IReadOnlyList<CertificatePair> Pairs(TableReader file)
    {
        var pairs = new List<CertificatePair>();
        foreach (var table in file.Tables("tls"))
        {
            if (Pair(table, required: true) is { } pair)
                pairs.Add(pair);
            table.Finish();
        }

        return pairs;
    }

    /// <summary>The section <c>[acme]</c>; null when it is missing.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="hostName">The name that is asked for when none is given.</param>
    /// <param name="dataFolder">Where the certificate is kept.</param>
    /// <param name="endPoints">Reads addresses with ports.</param>
    public AcmeOptions? Acme(
        TableReader file, string hostName, string dataFolder, Func<TableReader, string, string, IReadOnlyList<IPEndPoint>> endPoints)
    {
        if (file.Table("acme", required: false) is not { } table)
            return null;
        var directory = table.Text("directory", "https://acme.provider.example/directory");
        var url = Directory(table, directory);
        if (!table.Truth("agree-terms"))
        {
            problems.Add(
                table.At, table.KeyOf("agree-terms"), "An authority gives certificates only to who agrees to its terms.",
                "Read them, and write agree-terms = true.");
        }

        var trusted = table.TextIfAny("trusted-roots", "roots.pem");
        var options = new AcmeOptions
        {
            Directory = url ?? new Uri("https://acme.invalid/"),
            Names = Names(table, hostName),
            Folder = Path.Combine(dataFolder, "acme"),
            Contact = Contact(table),
            Listen = table.Entry("listen") is null ? [] : endPoints(table, "listen", "0.0.0.0:80"),
            ExternalAccount = ExternalAccount(table),
            TrustedRoots = trusted is null ? null : Path.GetFullPath(trusted.Value, folder),
        };
        table.Finish();
        return options;
    }

    private Uri? Directory(TableReader table, TomlValue.Text? text)
    {
        if (text is null || (Uri.TryCreate(text.Value, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps))
            return text is null ? null : new Uri(text.Value);
        problems.Add(
            text.At, table.KeyOf("directory"), $"'{text.Value}' is no address that begins with https://.",
            "Write directory = \"https://acme.provider.example/directory\", as your authority says.");
        return null;
    }

    private List<string> Names(TableReader table, string hostName)
    {
        if (table.Entry("names") is null)
            return [hostName.ToLowerInvariant()];
        var names = new List<string>();
        foreach (var text in table.Texts("names", "mail.provider.example") ?? [])
        {
            var name = text.Value.ToLowerInvariant();
            // By http-01 no name with a star can be proven (RFC 8555 §8.3).
            if (Uri.CheckHostName(name) == UriHostNameType.Dns && name.All(char.IsAscii) && name.Contains('.', StringComparison.Ordinal))
                names.Add(name);
            else
                problems.Add(text.At, table.KeyOf("names"), $"'{text.Value}' is no name of a host.", "Write names = [\"mail.provider.example\"].");
        }

        if (names.Distinct(StringComparer.Ordinal).Count() is 0 or > AcmeOrder.NamesMax)
        {
            problems.Add(
                table.At, table.KeyOf("names"), $"A certificate has from 1 to {AcmeOrder.NamesMax} names.",
                "Leave the key out for provider.host-name alone.");
        }

        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    private List<string> Contact(TableReader table)
    {
        var contact = new List<string>();
        foreach (var text in table.Entry("contact") is null ? [] : table.Texts("contact", "mailto:hostmaster@provider.example") ?? [])
        {
            if (Uri.TryCreate(text.Value, UriKind.Absolute, out _))
                contact.Add(text.Value);
            else
                problems.Add(
                    text.At, table.KeyOf("contact"), $"'{text.Value}' is no URL.", "Write contact = [\"mailto:hostmaster@provider.example\"].");
        }

        return contact;
    }

    private AcmeExternalAccount? ExternalAccount(TableReader table)
    {
        var id = table.TextIfAny("external-account-id", "…");
        var key = table.TextIfAny("external-account-key", "…");
        if (id is null != key is null)
        {
            problems.Add(
                table.At, table.KeyOf("external-account-key"), "An account and its key go together.",
                "Give both acme.external-account-id and acme.external-account-key, or neither.");
        }

        if (id is null || key is null)
            return null;
        var decoded = new byte[Base64Url.GetMaxDecodedLength(key.Value.Length)];
        if (Base64Url.TryDecodeFromChars(key.Value, decoded, out var length) && length >= ExternalKeyBytesMin)
            return new AcmeExternalAccount(id.Value, decoded[..length]);
        // Not what it is: a secret has no place on a terminal.
        problems.Add(
            key.At, table.KeyOf("external-account-key"), "This is no key in base64url, or a short one.", "Copy it as your authority shows it.");
        return null;
    }
}
