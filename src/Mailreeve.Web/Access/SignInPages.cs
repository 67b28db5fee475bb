using Mailreeve.Accounts.SignIn;
using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodaTime;

namespace Mailreeve.Web.Access;

/// <summary>Signing in and out (S1), the look-up of a forgotten number (S2), and the second factor of operators.</summary>
internal static class SignInPages
{
    private const string Wrong = "This number and password do not belong together. Check both, or call us.";
    private const string WrongOperator = "Name, password or code is not right. A code can be used once; wait for the next one.";

    public static void Map(IEndpointRouteBuilder pages)
    {
        var forms = pages.MapGroup("").AddEndpointFilter<FormGuard>().RequireRateLimiting(RateLimits.SignIn);
        forms.MapGet("/sign-in", (string? next) => Page.Of<SignInPage>(new { Next = next }));
        forms.MapPost("/sign-in", SignInAsync);
        forms.MapGet("/sign-in/forgotten", () => Page.Of<ForgottenPage>());
        forms.MapPost("/sign-in/forgotten", ForgottenAsync);
        forms.MapGet("/desk/sign-in", (string? next) => Page.Of<DeskSignInPage>(new { Next = next }));
        forms.MapPost("/desk/sign-in", SignInOperatorAsync);
        forms.MapPost("/desk/enrol", EnrolAsync);

        var signedIn = pages.MapGroup("").AddEndpointFilter<FormGuard>();
        signedIn.MapPost("/sign-out", http => SignOutAsync(http, Schemes.Customer)).RequireAuthorization(Schemes.Customer);
        signedIn.MapPost("/desk/sign-out", http => SignOutAsync(http, Schemes.Operator)).RequireAuthorization(Schemes.Operator);
    }

    /// <summary>Where to go after signing in: only to an address of ours.</summary>
    internal static string Local(string? next, string otherwise) =>
        next is ['/', not ('/' or '\\'), ..] && !next.Any(char.IsControl) ? next : otherwise;

    private static async Task<IResult> SignInAsync(HttpContext http, CustomerSignIn signIn, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        var (number, next) = (form["number"].ToString(), form["next"].ToString());
        switch (await signIn.VerifyAsync(number, form["password"].ToString(), http.Client(), stop))
        {
            case CustomerSignInResult.Accepted accepted:
                await http.SignInAsync(Schemes.Customer, SignedIn.Of(accepted.Customer));
                return Page.SeeOther(Local(next, "/portal"));
            case CustomerSignInResult.Mistyped mistyped:
                return Again(mistyped.Problem, 400);
            case CustomerSignInResult.TooManyAttempts busy:
                return Again(WaitText(busy.Wait), 429);
            default:
                return Again(Wrong, 400);
        }

        IResult Again(string problem, int status) => Page.Of<SignInPage>(new { Number = number, Next = next, Problem = problem }, status);
    }

    private static async Task<IResult> ForgottenAsync(HttpContext http, ForgottenNumber forgotten, CancellationToken stop)
    {
        var address = (await http.Request.ReadFormAsync(stop))["address"].ToString();
        return await forgotten.AskAsync(address, http.Client(), stop) switch
        {
            ForgottenNumberAnswer.NotAnAddress not => Page.Of<ForgottenPage>(new { Address = address, Problem = not.Problem }, 400),
            ForgottenNumberAnswer.TooManyRequests busy => Page.Of<ForgottenPage>(new { Address = address, Problem = WaitText(busy.Wait) }, 429),
            _ => Page.Of<ForgottenPage>(new { Taken = true }),
        };
    }

    private static async Task<IResult> SignInOperatorAsync(HttpContext http, OperatorSignIn signIn, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        var (name, next) = (form["name"].ToString(), form["next"].ToString());
        switch (await signIn.VerifyAsync(name, form["password"].ToString(), form["code"].ToString(), http.Client(), stop))
        {
            case OperatorSignInResult.Accepted accepted:
                await http.SignInAsync(Schemes.Operator, SignedIn.Of(accepted.Operator));
                return Page.SeeOther(Local(next, "/desk"));
            case OperatorSignInResult.MustEnrol enrol:
                return Page.Of<EnrolPage>(new { Name = name, enrol.Secret, enrol.Uri });
            case OperatorSignInResult.TooManyAttempts busy:
                return Page.Of<DeskSignInPage>(new { Name = name, Next = next, Problem = WaitText(busy.Wait) }, 429);
            default:
                return Page.Of<DeskSignInPage>(new { Name = name, Next = next, Problem = WrongOperator }, 400);
        }
    }

    private static async Task<IResult> EnrolAsync(HttpContext http, OperatorSignIn signIn, CancellationToken stop)
    {
        var form = await http.Request.ReadFormAsync(stop);
        var name = form["name"].ToString();
        switch (await signIn.EnrolAsync(name, form["password"].ToString(), form["secret"].ToString(), form["code"].ToString(), http.Client(), stop))
        {
            case OperatorSignInResult.Accepted accepted:
                await http.SignInAsync(Schemes.Operator, SignedIn.Of(accepted.Operator));
                return Page.SeeOther("/desk");
            case OperatorSignInResult.TooManyAttempts busy:
                return Page.Of<DeskSignInPage>(new { Name = name, Problem = WaitText(busy.Wait) }, 429);
            default:
                return Page.Of<DeskSignInPage>(
                    new { Name = name, Problem = "That did not work, and nothing was set up. Delete the entry from the app, and sign in without a code to begin again." },
                    400);
        }
    }

    private static async Task SignOutAsync(HttpContext http, string scheme)
    {
        await http.SignOutAsync(scheme);
        await Page.SeeOther("/").ExecuteAsync(http);
    }

    private static string WaitText(Duration wait) => wait < Duration.FromMinutes(1)
        ? $"Too many attempts. Wait {Math.Ceiling(wait.TotalSeconds):0} seconds and try again."
        : $"Too many attempts. Wait {Show.Span(wait)} and try again.";
}
