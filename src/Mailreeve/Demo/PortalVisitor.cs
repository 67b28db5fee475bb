using System.Net;
using System.Text.RegularExpressions;

namespace Mailreeve.Demo;

/// <summary>A customer with a browser: opens pages, fills forms in, sends them.</summary>
internal sealed partial class PortalVisitor(string baseUrl) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(baseUrl) };

    /// <summary>Opens a page.</summary>
    public Task<string> OpenAsync(string path, CancellationToken stop) => http.GetStringAsync(path, stop);

    /// <summary>Fills in the form of a page, with what it hides, and sends it.</summary>
    /// <param name="page">The page with the form.</param>
    /// <param name="action">Where the form goes.</param>
    /// <param name="fields">What is filled in.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>The page that follows.</returns>
    public async Task<string> SendAsync(string page, string action, Dictionary<string, string> fields, CancellationToken stop)
    {
        var html = await OpenAsync(page, stop);
        var start = html.IndexOf($"action=\"{action}", StringComparison.Ordinal);
        if (start < 0)
            throw new InvalidOperationException($"{page} has no form for {action}.");
        foreach (Match hidden in HiddenField().Matches(html[start..html.IndexOf("</form>", start, StringComparison.Ordinal)]))
            fields.TryAdd(hidden.Groups["name"].Value, WebUtility.HtmlDecode(hidden.Groups["value"].Value));
        using var content = new FormUrlEncodedContent(fields);
        using var response = await http.PostAsync(action, content, stop);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync(stop);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex HiddenField();
}
