using System.Globalization;
using System.Text;

namespace Mailreeve.Protocols.Dmarc;

/// <summary>Below which names anybody may register one: what tells whose a domain is (RFC 7489 §3.2).</summary>
public sealed class PublicSuffixList
{
    /// <summary>For want of a list: everything below a top level, and below what the registries of countries usually have under theirs.</summary>
    public static readonly PublicSuffixList BuiltIn = new([], [], [], isBuiltIn: true);

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> UsualSecondLevels =
        new HashSet<string>(["ac", "co", "com", "edu", "gob", "gov", "gv", "mil", "ne", "net", "or", "org", "sch"]).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> names;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> parents;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> exceptions;
    private readonly bool isBuiltIn;

    private PublicSuffixList(HashSet<string> names, HashSet<string> parents, HashSet<string> exceptions, bool isBuiltIn)
    {
        this.names = names.GetAlternateLookup<ReadOnlySpan<char>>();
        this.parents = parents.GetAlternateLookup<ReadOnlySpan<char>>();
        this.exceptions = exceptions.GetAlternateLookup<ReadOnlySpan<char>>();
        this.isBuiltIn = isBuiltIn;
        Count = names.Count + parents.Count + exceptions.Count;
    }

    /// <summary>Rules in it.</summary>
    public int Count { get; }

    // One rule a line, up to the first white space; "//" begins a comment; "*." stands for any label; "!" takes a name out again.
    /// <summary>Reads the list as publicsuffix.org writes it, both of its parts.</summary>
    public static PublicSuffixList Parse(string text)
    {
        var (names, parents, exceptions) = (new HashSet<string>(), new HashSet<string>(), new HashSet<string>());
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var end = line.IndexOfAny(' ', '\t');
            var rule = end < 0 ? line : line[..end];
            if (rule.IsEmpty || rule.StartsWith("//", StringComparison.Ordinal))
                continue;
            if (rule[0] == '!')
                exceptions.Add(Normalized(rule[1..]));
            else if (rule.StartsWith("*.", StringComparison.Ordinal))
                parents.Add(Normalized(rule[2..]));
            else
                names.Add(Normalized(rule));
        }

        return new PublicSuffixList(names, parents, exceptions, isBuiltIn: false);
    }

    /// <summary>Whose the domain is: the public suffix it lies under and one label more; the domain itself when it is a public suffix.</summary>
    /// <param name="domain">A domain, as A-labels or U-labels.</param>
    /// <returns>In lower case, as A-labels.</returns>
    public string OrganizationalDomain(string domain)
    {
        var name = Normalized(domain);
        var suffix = name.Length - SuffixLength(name);
        return suffix == 0 ? name : name[(name.AsSpan(0, suffix - 1).LastIndexOf('.') + 1)..];
    }

    // The longest rule that fits; an exception before all others. A rule for all is implied: the last label.
    private int SuffixLength(string name)
    {
        for (var at = 0; ;)
        {
            var rest = name.AsSpan(at);
            var dot = rest.IndexOf('.');
            if (dot < 0)
                return rest.Length;
            var parent = rest[(dot + 1)..];
            if (exceptions.Contains(rest))
                return parent.Length;
            if (names.Contains(rest) || parents.Contains(parent) || (isBuiltIn && parent.Length == 2 && UsualSecondLevels.Contains(rest[..dot])))
                return rest.Length;
            at += dot + 1;
        }
    }

    private static string Normalized(ReadOnlySpan<char> domain)
    {
        var name = domain.TrimEnd('.').ToString();
        if (!Ascii.IsValid(name))
        {
            try
            {
                name = new IdnMapping().GetAscii(name);
            }
            catch (ArgumentException)
            {
                // Not a name that the DNS could have; it is nobody's but its own.
            }
        }

        return name.ToLowerInvariant();
    }
}
