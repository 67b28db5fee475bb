using System.Net;
using System.Text.RegularExpressions;

namespace Mailreeve.Web.Tests;

/// <summary>A browser without script: opens pages, fills forms in, keeps cookies, does not follow redirects by itself.</summary>
public sealed partial class Visitor(Uri baseAddress)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = baseAddress };

    /// <summary>The page's text; fails when it is not shown.</summary>
    public async Task<string> OpenAsync(string path)
    {
        using var answer = await Http.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    public async Task<HttpStatusCode> StatusOfAsync(string path)
    {
        using var answer = await Http.GetAsync(path, Stop);
        return answer.StatusCode;
    }

    /// <summary>Fills in the form of a page, with what it hides, and sends it.</summary>
    public async Task<HttpResponseMessage> SendAsync(string page, string action, params (string Name, string Value)[] fields) =>
        await SubmitAsync(await OpenAsync(page), action, fields);

    /// <summary>Fills in a form that is on the screen already.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string html, string action, params (string Name, string Value)[] fields)
    {
        var start = html.IndexOf($"action=\"{action}", StringComparison.Ordinal);
        Assert.True(start >= 0, $"There is no form for {action}.");
        var form = html[start..html.IndexOf("</form>", start, StringComparison.Ordinal)];
        var hidden = HiddenField().Matches(form).Select(m => (m.Groups["name"].Value, WebUtility.HtmlDecode(m.Groups["value"].Value)));
        return await PostAsync(action, [.. hidden, .. fields]);
    }

    public async Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await Http.PostAsync(path, content, Stop);
    }

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex HiddenField();
}
