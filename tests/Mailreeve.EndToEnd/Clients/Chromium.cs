using Mailreeve.Testing;
using Microsoft.Playwright;

namespace Mailreeve.EndToEnd.Clients;

/// <summary>Debian's Chromium, driven from a test.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    // As long as the tests wait for anything: on a busy machine the half minute in which a browser usually has to be up is not enough.
    private const float PatienceMs = 180_000;

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Chromium(IPlaywright playwright, IBrowser browser)
    {
        this.playwright = playwright;
        this.browser = browser;
    }

    /// <summary>Starts it.</summary>
    public static async Task<Chromium> StartAsync()
    {
        var program = Required.Program("chromium", "chromium");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Timeout = PatienceMs,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
        return new Chromium(playwright, browser);
    }

    /// <summary>A page of a desktop's width, with cookies of its own.</summary>
    public async Task<IPage> PageAsync()
    {
        var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 844 } });
        context.SetDefaultTimeout(PatienceMs);
        return await context.NewPageAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
