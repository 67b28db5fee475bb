using System.Text;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Mailreeve.Web.Tests;

/// <summary>XARF documents, with the canary wherever a reporter or a recipient can stand.</summary>
internal static class Reports
{
    public static string Xarf(string source, Instant at) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["xarf_version"] = "4.2.0",
        ["report_id"] = "5d1b6f1e-8a4f-4f62-9c43-0e6a7f3f1a11",
        ["timestamp"] = InstantPattern.General.Format(at),
        ["reporter"] = Party,
        ["sender"] = Party,
        ["source_identifier"] = source,
        ["category"] = "messaging",
        ["type"] = "spam",
        ["protocol"] = "smtp",
        ["smtp_from"] = "offers@shop.example",
        ["smtp_to"] = $"{WebHost.Canary}@reporter.example",
        ["evidence"] = new[]
        {
            new Dictionary<string, string>
            {
                ["content_type"] = "message/rfc822",
                ["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Spam(source))),
            },
        },
    });

    public static string Spam(string source) => string.Join("\r\n",
        $"Received: from mail.shop.example ({source}) by {WebHost.Canary}.reporter.example; Mon, 2 Mar 2026 09:00:00 +0000",
        "From: <offers@shop.example>",
        $"To: <{WebHost.Canary}@reporter.example>",
        "Subject: Cheap watches",
        "Date: Mon, 2 Mar 2026 08:59:00 +0000",
        "Message-ID: <1@shop.example>",
        "",
        "Buy cheap watches <script>alert(1)</script> today.",
        "");

    private static Dictionary<string, string> Party => new()
    {
        ["org"] = $"Org {WebHost.Canary}",
        ["contact"] = $"{WebHost.Canary}@reporter.example",
        ["domain"] = $"{WebHost.Canary}.reporter.example",
    };
}
