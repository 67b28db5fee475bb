namespace Mailreeve.Protocols.Reports.FreeText;

/// <summary>Hosts and mailboxes that reports name without accusing anybody.</summary>
internal static class KnownHosts
{
    private static readonly HashSet<string> References = new(
        [
            "w3.org", "ietf.org", "rfc-editor.org", "spamhaus.org", "spamcop.net", "abuse.ch", "abuseipdb.com", "virustotal.com", "urlscan.io",
            "projecthoneypot.org", "blocklist.de", "uceprotect.net", "spamrats.com", "sorbs.net", "barracudacentral.org", "senderscore.org",
            "x-arf.org", "xarf.org", "abusix.com", "abusix.ai", "shadowserver.org", "stopbadware.org", "phishtank.com", "openphish.com",
            "apwg.org", "antiphishing.org", "netcraft.com", "stopforumspam.com", "dshield.org", "cisco.com", "talosintelligence.com",
            "mxtoolbox.com", "dnsstuff.com", "ripe.net", "arin.net", "apnic.net", "lacnic.net", "afrinic.net", "iana.org", "icann.org", "whois.net",
            "domaintools.com", "robtex.com", "wikipedia.org", "mitre.org", "nist.gov", "us-cert.gov", "cisa.gov", "first.org", "openntpproject.org",
            "openresolverproject.org", "team-cymru.org", "team-cymru.com", "fail2ban.org", "cert.org", "safebrowsing.google.com", "googleapis.com",
            "schemas.microsoft.com", "aka.ms", "gmpg.org", "schema.org", "openxmlformats.org", "xmlsoap.org", "dmarc.org", "openspf.org", "dkim.org",
            "crowdsec.net", "bitninja.io", "cpanel.net", "web-sniffer.net", "anti-abuse.org", "msbl.org", "shodan.io",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> Mailers = new(
        [
            "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com", "aol.com", "gmx.de", "gmx.net",
            "gmx.com", "web.de", "icloud.com", "me.com", "mac.com", "protonmail.com", "proton.me", "mail.ru", "yandex.ru", "freenet.de", "t-online.de",
            "orange.fr", "free.fr", "laposte.net", "libero.it", "seznam.cz", "wp.pl", "o2.pl", "comcast.net", "att.net", "verizon.net", "googlegroups.com",
        ],
        StringComparer.OrdinalIgnoreCase);

    // Top levels besides those of countries that names in reports usually have: "file.gen" and "end.Next" are none.
    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> UsualTops = new HashSet<string>(
        [
            "com", "net", "org", "info", "biz", "edu", "gov", "mil", "int", "arpa", "name", "pro", "mobi", "tel", "asia", "cat", "jobs", "travel", "xyz",
            "top", "online", "site", "website", "shop", "store", "club", "app", "dev", "cloud", "icu", "vip", "live", "link", "click", "space", "tech",
            "fun", "work", "life", "world", "today", "email", "agency", "digital", "services", "solutions", "support", "network", "systems", "host",
            "hosting", "domains", "press", "news", "media", "blog", "page", "wiki", "buzz", "monster", "cyou", "sbs", "cfd", "rest", "bar", "quest",
            "beauty", "loan", "win", "bid", "men", "party", "review", "trade", "date", "stream", "download", "science", "racing", "accountant",
            "faith", "cricket", "webcam", "gdn", "kim", "red", "pink", "blue", "group", "company", "business", "center", "finance", "bank",
            "money", "capital", "exchange", "market", "markets", "trading", "casino", "bet", "games", "game", "zone", "plus", "one", "global", "ltd",
            "example", "test", "berlin", "london", "amsterdam", "brussels", "paris", "moscow", "swiss", "nyc", "tokyo", "africa",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly string[] RoleNames =
    [
        "abuse", "postmaster", "noc", "security", "hostmaster", "admin", "support", "info", "cert", "csirt", "soc", "webmaster", "noreply", "no-reply",
        "report", "reports", "helpdesk", "contact", "legal", "dmca", "copyright", "complaints", "spam", "feedback", "privacy", "mailer-daemon",
    ];

    /// <summary>Whether a host is one that reports refer to for reading up.</summary>
    public static bool IsReference(string host) => IsWithin(References, host);

    /// <summary>Whether a host is one of these domains or lies in one; their comparer is one that knows no case.</summary>
    public static bool IsWithin(HashSet<string> domains, string host)
    {
        var lookup = domains.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var name = host.AsSpan(); ;)
        {
            if (lookup.Contains(name))
                return true;
            var dot = name.IndexOf('.');
            if (dot < 0)
                return false;
            name = name[(dot + 1)..];
        }
    }

    /// <summary>Whether it ends like most names do, so that it is one even if no word says so.</summary>
    public static bool IsUsualName(string host)
    {
        var top = host.AsSpan(host.LastIndexOf('.') + 1);
        return top.Length == 2 || UsualTops.Contains(top) || top.StartsWith("xn--");
    }

    /// <summary>Whether so many people have mail there that the domain says nothing about any of them.</summary>
    public static bool IsPublicMailer(string domain) => Mailers.Contains(domain);

    /// <summary>Whether a mailbox is that of an office and not of a person.</summary>
    public static bool IsRoleMailbox(string mailbox)
    {
        var local = mailbox.AsSpan(0, Math.Max(0, mailbox.IndexOf('@', StringComparison.Ordinal)));
        foreach (var name in RoleNames)
            if (local.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (local.Length == name.Length || !char.IsLetter(local[name.Length])))
                return true;
        return false;
    }
}
