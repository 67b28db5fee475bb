using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Mailreeve.Protocols.Net;

/// <summary>
/// What is ours: addresses, domains with what is below them, single mailboxes. Asked for each of the many addresses that one report
/// names, so a look-up costs a binary search or the hash of a name. Immutable.
/// </summary>
public sealed class OwnResources
{
    private static readonly IdnMapping Idn = new();
    private static readonly SearchValues<char> NoMailboxChars = SearchValues.Create(" \t<>,;");

    // Disjoint and in order: the first address of each range, and the last one at the same index.
    private readonly Address[] firsts;
    private readonly Address[] lasts;
    private readonly FrozenSet<string> domains;
    private readonly FrozenSet<string> mailboxes;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> domainsBySpan;

    /// <summary>The set of these prefixes, domains and mailboxes; names in any case, with or without a final dot.</summary>
    public OwnResources(IEnumerable<Prefix> prefixes, IEnumerable<string> domains, IEnumerable<string> mailboxes)
    {
        (firsts, lasts) = Ranges(prefixes);
        this.domains = domains.SelectMany(Forms).ToFrozenSet(StringComparer.Ordinal);
        this.mailboxes = mailboxes.Select(m => m.ToLowerInvariant()).ToFrozenSet(StringComparer.Ordinal);
        domainsBySpan = this.domains.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>
    /// Reads one address, prefix, domain or mailbox a line. <c>#</c> begins a comment; empty lines are passed over; <c>*.</c> or a dot
    /// before a domain says nothing, since what is below a domain is ours with it.
    /// </summary>
    /// <param name="lines">The lines.</param>
    /// <param name="problems">A sentence for each line that is none of these, with its number; the others count.</param>
    public static OwnResources Read(IEnumerable<string> lines, out IReadOnlyList<string> problems)
    {
        List<Prefix> prefixes = [];
        List<string> domains = [];
        List<string> mailboxes = [];
        List<string> found = [];
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var comment = line.IndexOf('#', StringComparison.Ordinal);
            var text = (comment < 0 ? line : line[..comment]).Trim(' ', '\t', '\r', '\uFEFF');
            if (text.Length == 0)
                continue;
            if (Prefix.TryParse(text, out var prefix))
                prefixes.Add(prefix);
            else if (TryDomain(text.TrimStart('*').TrimStart('.', '@'), out var domain) && !text[1..].Contains('@', StringComparison.Ordinal))
                domains.Add(domain);
            else if (IsMailbox(text))
                mailboxes.Add(text);
            else
                found.Add($"line {number}: '{(text.Length <= 80 ? text : text[..80])}' is no address, prefix, domain or mailbox.");
        }

        problems = found;
        return new OwnResources(prefixes, domains, mailboxes);
    }

    /// <summary>Whether the address is ours.</summary>
    public bool Owns(Address address)
    {
        var at = Array.BinarySearch(firsts, address);
        return at >= 0 || (~at > 0 && address <= lasts[~at - 1]);
    }

    /// <summary>Of a reported block the lowest address that is ours; null when it has none. One stands for all: a block may hold millions.</summary>
    public Address? FirstIn(AddressBlock block)
    {
        if (Owns(block.First))
            return block.First;
        var at = ~Array.BinarySearch(firsts, block.First);
        return at >= 0 && at < firsts.Length && firsts[at] <= block.Last ? firsts[at] : null;
    }

    /// <summary>Whether the domain, or one above it, is ours. Any case, with or without a final dot, Unicode or ASCII form.</summary>
    public bool OwnsDomain(string domain)
    {
        if (domains.Count == 0)
            return false;
        var name = domain.ToLowerInvariant().AsSpan().TrimEnd('.');
        while (!domainsBySpan.Contains(name))
        {
            var dot = name.IndexOf('.');
            if (dot < 0)
                return false;
            name = name[(dot + 1)..];
        }

        return true;
    }

    /// <summary>Whether the mailbox is ours, or is in a domain of ours.</summary>
    public bool OwnsMailbox(string mailbox)
    {
        var at = mailbox.LastIndexOf('@');
        return mailboxes.Contains(mailbox.ToLowerInvariant()) || (at >= 0 && OwnsDomain(mailbox[(at + 1)..]));
    }

    /// <summary>Whether the host of a URL is ours, be it a name or an address.</summary>
    public bool OwnsHost(string host) => Address.TryParse(host, out var address) ? Owns(address) : OwnsDomain(host);

    private static (Address[] Firsts, Address[] Lasts) Ranges(IEnumerable<Prefix> prefixes)
    {
        List<Address> firsts = [];
        List<Address> lasts = [];
        foreach (var prefix in prefixes.OrderBy(p => p.First))
        {
            if (lasts.Count > 0 && prefix.First <= lasts[^1])
            {
                // Two prefixes never cross: one lies in the other, so the earlier may only be the shorter one of two that begin alike.
                if (prefix.Last > lasts[^1])
                    lasts[^1] = prefix.Last;
                continue;
            }

            firsts.Add(prefix.First);
            lasts.Add(prefix.Last);
        }

        return ([.. firsts], [.. lasts]);
    }

    private static bool TryDomain(string text, [NotNullWhen(true)] out string? domain)
    {
        domain = Reports.Notation.Domain(text);
        return domain is not null;
    }

    private static bool IsMailbox(string text)
    {
        var at = text.LastIndexOf('@');
        return at > 0 && text.Length <= 512 && Reports.Notation.Domain(text[(at + 1)..]) is not null && !text.AsSpan().ContainsAny(NoMailboxChars);
    }

    // U-labels are worked out once from our own names; a name from outside is only ever compared, never converted.
    private static IEnumerable<string> Forms(string domain)
    {
        var name = domain.TrimEnd('.').ToLowerInvariant();
        try
        {
            var ascii = Idn.GetAscii(name);
            return [name, ascii, Idn.GetUnicode(ascii)];
        }
        catch (ArgumentException)
        {
            return [name];
        }
    }
}
