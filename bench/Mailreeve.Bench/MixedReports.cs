using System.Globalization;
using System.Text;

namespace Mailreeve.Bench;

/// <summary>Reports of all formats, made from the cases of the tests: each about addresses of its own, with a message of its own.</summary>
internal sealed class MixedReports(Load load)
{
    private static readonly string[] ExampleNetworks = ["192.0.2.", "198.51.100.", "203.0.113."];

    private readonly (string Name, string Text)[] templates = Read();

    /// <summary>How many cases there are.</summary>
    public int Kinds => templates.Length;

    /// <summary>Report number <paramref name="number"/>.</summary>
    public byte[] Write(int number)
    {
        var text = templates[number % templates.Length].Text;
        var written = new StringBuilder(text.Length + 64);
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < text.Length;)
        {
            if (AddressAt(text, i) is not { } address)
            {
                written.Append(text[i++]);
                continue;
            }

            if (!addresses.TryGetValue(address, out var other))
                addresses[address] = other = load.AddressOf((number / templates.Length) + (31 * addresses.Count));
            written.Append(other);
            i += address.Length;
        }

        var own = number.ToString(CultureInfo.InvariantCulture);
        return Encoding.Latin1.GetBytes(written.Replace("Message-ID: <", $"Message-ID: <{own}.").Replace("Message-Id: <", $"Message-Id: <{own}.").ToString());
    }

    private static string? AddressAt(string text, int at)
    {
        if (at > 0 && (char.IsAsciiDigit(text[at - 1]) || text[at - 1] == '.'))
            return null;
        foreach (var network in ExampleNetworks)
        {
            if (string.CompareOrdinal(text, at, network, 0, network.Length) != 0)
                continue;
            var end = at + network.Length;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
                end++;
            return text[at..end];
        }

        return null;
    }

    private static (string, string)[] Read()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Mailreeve.slnx")))
            root = root.Parent;
        var folder = Path.Combine(root?.FullName ?? ".", "tests", "cases", "reports");
        return
        [
            .. System.IO.Directory.EnumerateFiles(folder, "*.eml", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(f => (Path.GetRelativePath(folder, f), Encoding.Latin1.GetString(File.ReadAllBytes(f)))),
        ];
    }
}
