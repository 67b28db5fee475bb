using Mailreeve.Policy;
using Mailreeve.Policy.Notices;
using NodaTime;

namespace Mailreeve.Testing;

/// <summary>The files under <c>policy/</c>, as they are shipped.</summary>
public static class ShippedPolicy
{
    /// <summary>All files, with paths from <c>policy/</c> on.</summary>
    public static PolicySource Source { get; } = new(
        Read("policy.toml"), Folder("notices", "*.md"), Folder("scenarios", "*.toml"));

    /// <summary>What reading them gives.</summary>
    public static PolicyCheck Check { get; } = PolicyCheck.Of(Source);

    /// <summary>The policy.</summary>
    public static AbusePolicy Policy =>
        Check.Policy ?? throw new InvalidOperationException(string.Join('\n', Check.Lines()));

    /// <summary>The notices by name.</summary>
    public static IReadOnlyDictionary<string, NoticeTemplate> Notices => Check.Notices;

    /// <summary>A provider whose policy it could be.</summary>
    public static ProviderFacts Provider { get; } = new()
    {
        Name = "Example Internet, Inc.",
        AbuseAddress = "abuse@isp.example",
        SupportAddress = "support@isp.example",
        SupportTelephone = "+1 555 0100",
        BillingAddress = "billing@isp.example",
        PolicyUrl = "https://isp.example/policy",
        Zone = DateTimeZoneProviders.Tzdb["America/Los_Angeles"],
    };

    private static string Root => Path.Combine(AppContext.BaseDirectory, "policy");

    private static List<SourceFile> Folder(string folder, string pattern) =>
        [.. Directory.GetFiles(Path.Combine(Root, folder), pattern).Order(StringComparer.Ordinal).Select(f => Read($"{folder}/{Path.GetFileName(f)}"))];

    private static SourceFile Read(string path) => new($"policy/{path}", File.ReadAllText(Path.Combine(Root, path)));
}
