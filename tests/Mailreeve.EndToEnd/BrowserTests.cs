using Microsoft.Playwright;
using OtpNet;

namespace Mailreeve.EndToEnd;

/// <summary>A real browser walks both sides of the story. Screenshots go to <c>screenshots</c> beside the test.</summary>
public sealed class BrowserTests(RunningDemo demo) : IClassFixture<RunningDemo>, IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private const string Password = "correct horse battery staple";

    // As long as the tests wait for anything: on a busy machine the half minute in which a browser usually has to be up is not enough.
    private const float PatienceMs = 180_000;

    private static readonly string Screenshots = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "screenshots")).FullName;

    private IPlaywright? playwright;
    private IBrowser? browser;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("MAILREEVE_REQUIRE_ALL") == "1", $"{Chromium} is not installed.");
            Assert.Fail($"{Chromium} is not installed.");
        }

        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Timeout = PatienceMs,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
            await browser.DisposeAsync();
        playwright?.Dispose();
    }

    [Fact]
    public async Task A_customer_answers_from_a_phone_and_an_operator_decides_on_the_desk()
    {
        var customer = await PageAsync(390);
        await SignInAsCustomerAsync(customer);
        await ShotAsync(customer, "portal-phone");
        await AssertFitsAsync(customer);
        await customer.GetByRole(AriaRole.Link, new() { Name = "198.51.100.17" }).Or(customer.Locator("a[href^='/portal/cases/']")).First.ClickAsync();
        await ShotAsync(customer, "case-phone");
        await AssertFitsAsync(customer);
        Assert.Contains("198.51.100.17", await customer.ContentAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("reporter.example", await customer.ContentAsync(), StringComparison.OrdinalIgnoreCase);

        await customer.Locator("[name=resolution]").FillAsync("The contact form was open to scripts. It is closed.");
        await customer.Locator("[name=prevention]").FillAsync("The form now asks for a confirmation, and its mail is counted.");
        await customer.GetByRole(AriaRole.Button, new() { Name = "Send the answer" }).ClickAsync();
        await ShotAsync(customer, "answered-phone");
        Assert.Contains("We have your answer", await customer.ContentAsync(), StringComparison.Ordinal);

        var desk = await PageAsync(1280);
        await SignInAsOperatorAsync(desk);
        await ShotAsync(desk, "desk", fullPage: false);
        Assert.Contains("contact form was open", await desk.ContentAsync(), StringComparison.Ordinal);
        await desk.Locator("article", new() { HasText = "contact form was open" }).Locator("a[href^='/desk/cases/']").First.ClickAsync();
        await ShotAsync(desk, "desk-case");
        await desk.Locator("form[action$='/accept']").First.Locator("button").ClickAsync();
        await ShotAsync(desk, "desk-after");

        await customer.ReloadAsync();
        await ShotAsync(customer, "closed-phone");
        Assert.Contains("This case is closed", await customer.ContentAsync(), StringComparison.Ordinal);

        await desk.GotoAsync($"{demo.BaseUrl}/admin/mailboxes");
        await ShotAsync(desk, "desk-mailboxes");
        await desk.GetByRole(AriaRole.Link, new() { Name = "cold-creek@provider.example" }).ClickAsync();
        await ShotAsync(desk, "desk-mailbox");
        await AssertFitsAsync(desk);

        await desk.GotoAsync($"{demo.BaseUrl}/desk/queue");
        await ShotAsync(desk, "desk-queue");
        await desk.Locator("a[href*='state=held']").First.ClickAsync();
        await ShotAsync(desk, "desk-queue-held");
        await AssertFitsAsync(desk);
        await desk.GotoAsync($"{demo.BaseUrl}/desk/holds");
        await ShotAsync(desk, "desk-holds");
        await desk.GetByRole(AriaRole.Link, new() { Name = "fibre@provider.example" }).ClickAsync();
        await ShotAsync(desk, "desk-hold");
        await AssertFitsAsync(desk);
    }

    [Fact]
    public async Task A_customer_looks_after_a_mailbox_on_a_phone()
    {
        var customer = await PageAsync(390, script: false);
        await SignInAsCustomerAsync(customer);
        await customer.GetByRole(AriaRole.Link, new() { Name = "Mailboxes" }).ClickAsync();
        await ShotAsync(customer, "mailboxes-phone");
        await AssertFitsAsync(customer);
        await customer.GetByRole(AriaRole.Link, new() { Name = "cold-creek@provider.example" }).ClickAsync();
        await ShotAsync(customer, "mailbox-phone");
        await AssertFitsAsync(customer);

        await customer.Locator("[name=steps]").FillAsync("2");
        await customer.GetByRole(AriaRole.Button, new() { Name = "Show the price" }).ClickAsync();
        await ShotAsync(customer, "mailbox-price-phone");
        await AssertFitsAsync(customer);
        Assert.Contains("10.00 USD a month", await customer.ContentAsync(), StringComparison.Ordinal);
        await customer.GetByRole(AriaRole.Button, new() { Name = "Buy it" }).ClickAsync();
        Assert.Contains("of 75 MB", await customer.ContentAsync(), StringComparison.Ordinal);

        await customer.Locator("[name=name]").FillAsync("Telephone");
        await customer.GetByRole(AriaRole.Button, new() { Name = "Make an app password" }).ClickAsync();
        await ShotAsync(customer, "mailbox-app-password-phone");
        await AssertFitsAsync(customer);
        Assert.Contains("shown this once", await customer.ContentAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/policy")]
    [InlineData("/report")]
    [InlineData("/report/status")]
    [InlineData("/setup")]
    [InlineData("/sign-in")]
    [InlineData("/sign-in/forgotten")]
    [InlineData("/desk/sign-in")]
    public async Task Public_pages_fit_a_phone_and_a_desktop_and_need_no_script(string path)
    {
        foreach (var width in new[] { 390, 1280 })
        {
            var page = await PageAsync(width, script: false);
            var response = await page.GotoAsync(demo.BaseUrl + path);
            Assert.Equal(200, response!.Status);
            await ShotAsync(page, $"public{path.Replace('/', '-')}-{width}");
        }

        var phone = await PageAsync(390);
        await phone.GotoAsync(demo.BaseUrl + path);
        await AssertFitsAsync(phone);
    }

    private async Task SignInAsCustomerAsync(IPage page)
    {
        await page.GotoAsync($"{demo.BaseUrl}/sign-in");
        await page.Locator("[name=number]").FillAsync("104-2238-0");
        await page.Locator("[name=password]").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/portal");
    }

    private async Task SignInAsOperatorAsync(IPage page)
    {
        await page.GotoAsync($"{demo.BaseUrl}/desk/sign-in");
        await page.Locator("[name=name]").FillAsync("mara");
        await page.Locator("[name=password]").FillAsync(Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await ShotAsync(page, "desk-enrol");
        var secret = await page.Locator("[name=secret]").GetAttributeAsync("value");
        var code = new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp();
        await page.Locator("[name=password]").FillAsync(Password);
        await page.Locator("[name=code]").FillAsync(code);
        await page.GetByRole(AriaRole.Button, new() { Name = "Set up and sign in" }).ClickAsync();
        await page.WaitForURLAsync("**/desk");
    }

    private async Task<IPage> PageAsync(int width, bool script = true)
    {
        var context = await browser!.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 844 },
            JavaScriptEnabled = script,
        });
        context.SetDefaultTimeout(PatienceMs);
        return await context.NewPageAsync();
    }

    private static async Task AssertFitsAsync(IPage page) =>
        Assert.True(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"),
            $"{page.Url} is wider than the window.");

    private static async Task ShotAsync(IPage page, string name, bool fullPage = true) =>
        await page.ScreenshotAsync(new() { Path = Path.Combine(Screenshots, $"{name}.png"), FullPage = fullPage });
}
