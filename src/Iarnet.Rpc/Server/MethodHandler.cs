using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Iarnet.Rpc;

/// <summary>Handles the calls of one method.</summary>
internal abstract partial class MethodHandler(IMethod method, RpcServerOptions options, ILogger log)
{
    public IMethod Method { get; } = method;

    /// <summary>Handles one request; the response, with its status, is complete when the task is. Never throws.</summary>
    public async Task HandleAsync(HttpContext http, CancellationToken stopping)
    {
        if (IsRefused(http))
        {
            return;
        }

        http.Response.ContentType = GrpcHeaders.ContentType;
        using var activity = RpcTelemetry.Activities.HasListeners() ? StartActivity(http) : null;
        var context = new HttpServerCallContext(http, Method, options, stopping);
        Status status;
        try
        {
            context.Start();
            await InvokeAsync(context).ConfigureAwait(false);
            status = context.Status;
        }
        catch (RpcException e)
        {
            status = e.Status;
            context.AddTrailers(e.Trailers);
        }
        catch (Exception e)
        {
            status = context.Explain(e) ?? Failed(e);
        }

        var code = await context.EndAsync(status).ConfigureAwait(false);
        RpcTelemetry.End(activity, code);
        if (RpcTelemetry.ServerDuration.Enabled)
        {
            RpcTelemetry.Record(RpcTelemetry.ServerDuration, context.Elapsed, Method, code);
        }
    }

    protected abstract Task InvokeAsync(HttpServerCallContext context);

    private static bool IsRefused(HttpContext http)
    {
        var refusal = 0;
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            refusal = StatusCodes.Status405MethodNotAllowed;
        }
        else if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            refusal = StatusCodes.Status426UpgradeRequired;
        }
        else if (!GrpcHeaders.IsGrpcContentType(http.Request.ContentType))
        {
            refusal = StatusCodes.Status415UnsupportedMediaType;
        }

        if (refusal != 0)
        {
            http.Response.StatusCode = refusal;
        }

        return refusal != 0;
    }

    private Status Failed(Exception exception)
    {
        LogFailed(log, exception, Method.FullName);
        return new Status(StatusCode.Unknown, options.IncludeExceptionDetails
            ? $"Exception was thrown by handler. {exception.GetType().Name}: {exception.Message}"
            : "Exception was thrown by handler.");
    }

    private Activity? StartActivity(HttpContext http)
    {
        DistributedContextPropagator.Current.ExtractTraceIdAndState(
            http.Request.Headers,
            static (object? carrier, string name, out string? value, out IEnumerable<string>? values) =>
            {
                value = ((IHeaderDictionary)carrier!)[name];
                values = null;
            },
            out var parent,
            out var state);
        return RpcTelemetry.Activities.StartActivity(
            Method.FullName[1..],
            ActivityKind.Server,
            ActivityContext.TryParse(parent, state, isRemote: true, out var context) ? context : default);
    }
}
