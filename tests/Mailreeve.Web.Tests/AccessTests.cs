using System.Net;
using System.Text;
using Mailreeve.Policy.Accounts;
using Mailreeve.Storage.Accounts;
using Mailreeve.Testing;
using Microsoft.AspNetCore.Routing;
using OtpNet;

namespace Mailreeve.Web.Tests;

public sealed class AccessTests
{
    private static readonly string[] OpenToAll = ["/desk/sign-in", "/desk/enrol"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_page_behind_a_door_refuses_strangers()
    {
        await using var host = await WebHost.StartAsync();
        var stranger = host.Stranger();
        var closed = Routes(host).Where(r => IsClosed(r.Path)).ToList();

        foreach (var (method, path) in closed)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var answer = await stranger.Http.SendAsync(request, Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{method} {path}: {answer.StatusCode}");
            Assert.Contains("/sign-in", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        }

        Assert.True(closed.Count > 25, $"Only {closed.Count} routes.");
    }

    [Fact]
    public async Task A_customer_opens_nothing_on_the_desk()
    {
        await using var host = await WebHost.StartAsync();
        var customer = await host.SignedInAsync(WebHost.Alder);

        foreach (var (method, path) in Routes(host).Where(r => IsClosed(r.Path) && !r.Path.StartsWith("/portal", StringComparison.Ordinal)))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            using var answer = await customer.Http.SendAsync(request, Stop);
            Assert.True(answer.StatusCode == HttpStatusCode.Redirect, $"{method} {path}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Every_form_that_acts_for_someone_is_refused_without_its_token()
    {
        await using var host = await WebHost.StartAsync();
        var customer = await host.SignedInAsync(WebHost.Alder);
        var admin = await host.SignedInAsync(OperatorRole.Admin);

        foreach (var (method, path) in Routes(host).Where(r => r.Method == "POST" && r.Path is not ("/postmaster" or "/report" or "/report/status" or "/api/detections" or "/api/reports" or "/api/reports/status" or "/autodiscover/autodiscover.xml")))
        {
            var visitor = path.StartsWith("/portal", StringComparison.Ordinal) || path == "/sign-out" ? customer : admin;
            using var answer = await visitor.PostAsync(path, ("verdict", "yes"), ("reason", "because"));
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{method} {path}: {answer.StatusCode}");
            Assert.Contains("open for too long", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(OperatorRole.Billing, "/desk/reports/1", HttpStatusCode.Forbidden)]
    [InlineData(OperatorRole.AbuseDesk, "/desk/reports/1", HttpStatusCode.NotFound)]
    [InlineData(OperatorRole.AbuseDesk, "/admin/operators", HttpStatusCode.Forbidden)]
    [InlineData(OperatorRole.Billing, "/desk", HttpStatusCode.OK)]
    [InlineData(OperatorRole.Admin, "/admin/operators", HttpStatusCode.OK)]
    public async Task An_operator_opens_what_the_role_allows(OperatorRole role, string path, HttpStatusCode expected)
    {
        await using var host = await WebHost.StartAsync();

        var visitor = await host.SignedInAsync(role);

        Assert.Equal(expected, await visitor.StatusOfAsync(path));
    }

    [Fact]
    public async Task An_operator_who_was_disabled_is_out_at_the_next_click()
    {
        await using var host = await WebHost.StartAsync();
        var visitor = await host.SignedInAsync(OperatorRole.AbuseDesk);

        await host.Database.WriteAsync(db => new OperatorStore(db).DisableAsync("abuse-desk", Some.Time, Stop), Stop);

        Assert.Equal(HttpStatusCode.Redirect, await visitor.StatusOfAsync("/desk"));
    }

    [Fact]
    public async Task A_new_operator_sets_the_second_factor_up_before_anything_opens()
    {
        await using var host = await WebHost.StartAsync();
        var visitor = host.Stranger();

        using var first = await visitor.SendAsync("/desk/sign-in", "/desk/sign-in", ("name", "newcomer"), ("password", WebHost.Password));
        var page = await first.Content.ReadAsStringAsync(Stop);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.StatusOfAsync("/desk"));
        var secret = Hidden(page, "secret");
        using var second = await visitor.PostAsync(
            "/desk/enrol",
            ("form-token", Hidden(page, "form-token")), ("name", "newcomer"), ("secret", secret), ("password", WebHost.Password),
            ("code", host.CodeNow(Base32Encoding.ToBytes(secret))));

        Assert.Equal(HttpStatusCode.SeeOther, second.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await visitor.StatusOfAsync("/desk"));
    }

    [Fact]
    public async Task Signing_out_ends_it()
    {
        await using var host = await WebHost.StartAsync();
        var visitor = await host.SignedInAsync(WebHost.Alder);

        using var answer = await visitor.SendAsync("/portal", "/sign-out");

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, await visitor.StatusOfAsync("/portal"));
    }

    [Theory]
    [InlineData("//evil.example", "/portal")]
    [InlineData("/\\evil.example", "/portal")]
    [InlineData("https://evil.example", "/portal")]
    [InlineData("/portal/cases/7", "/portal/cases/7")]
    public async Task Signing_in_leads_to_pages_of_ours_only(string next, string expected)
    {
        await using var host = await WebHost.StartAsync();

        using var answer = await host.Stranger().SendAsync(
            $"/sign-in?next={Uri.EscapeDataString(next)}", "/sign-in", ("number", WebHost.Alder.RegNumber), ("password", WebHost.Password));

        Assert.Equal(expected, answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_number_look_the_same()
    {
        await using var host = await WebHost.StartAsync();

        using var wrong = await host.Stranger().SendAsync("/sign-in", "/sign-in", ("number", WebHost.Alder.RegNumber), ("password", "wrong wrong wrong"));
        using var unknown = await host.Stranger().SendAsync("/sign-in", "/sign-in", ("number", RegNumber.From(99).ToString()), ("password", "wrong wrong wrong"));

        Assert.Equal(Words(await wrong.Content.ReadAsStringAsync(Stop)), Words(await unknown.Content.ReadAsStringAsync(Stop)));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);

        static string Words(string page) => page[page.IndexOf("role=\"alert\"", StringComparison.Ordinal)..page.IndexOf("for=\"number\"", StringComparison.Ordinal)];
    }

    [Fact]
    public async Task The_look_up_of_a_number_says_the_same_to_everyone()
    {
        await using var host = await WebHost.StartAsync();

        using var known = await host.Stranger().SendAsync("/sign-in/forgotten", "/sign-in/forgotten", ("address", "abuse@c1.example"));
        using var unknown = await host.Stranger().SendAsync("/sign-in/forgotten", "/sign-in/forgotten", ("address", "nobody@elsewhere.example"));

        Assert.Equal(await known.Content.ReadAsStringAsync(Stop), await unknown.Content.ReadAsStringAsync(Stop));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/policy")]
    [InlineData("/no-such-page")]
    [InlineData("/api/reports")]
    public async Task Every_answer_carries_the_strict_headers(string path)
    {
        await using var host = await WebHost.StartAsync();

        using var answer = await host.Stranger().Http.GetAsync(path, Stop);

        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task Over_tls_cookies_are_for_tls_only()
    {
        await using var host = await WebHost.StartAsync(o => o with { Provider = WebHost.Provider with { BaseUrl = "https://mail.provider.example" } });

        using var answer = await host.Stranger().Http.GetAsync("/", Stop);

        Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
    }

    private static bool IsClosed(string path) =>
        (path.StartsWith("/portal", StringComparison.Ordinal) || path.StartsWith("/desk", StringComparison.Ordinal) || path.StartsWith("/admin", StringComparison.Ordinal))
        && !OpenToAll.Contains(path);

    private static IEnumerable<(string Method, string Path)> Routes(WebHost host) =>
        from endpoint in host.Endpoints
        from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        select (method, Filled(endpoint.RoutePattern.RawText!));

    private static string Filled(string pattern)
    {
        var path = new StringBuilder();
        foreach (var part in pattern.TrimEnd('/').Split('/', StringSplitOptions.RemoveEmptyEntries))
            path.Append('/').Append(part[0] != '{' ? part : part.Contains(":long", StringComparison.Ordinal) ? "1" : "x");
        return path.Length == 0 ? "/" : path.ToString();
    }

    private static string Hidden(string page, string name)
    {
        var start = page.IndexOf($"name=\"{name}\" value=\"", StringComparison.Ordinal) + name.Length + 15;
        return System.Net.WebUtility.HtmlDecode(page[start..page.IndexOf('"', start)]);
    }
}
