#!/usr/bin/env escript
%% Erlang's own logger.
main(_) ->
    logger:notice("started"),
    spawn(fun() -> lists:nth(3, [1]) end),
    timer:sleep(300),
    error_logger:error_msg("no stock ~p", [3]),
    timer:sleep(300),
    io:format("ready~n"),
    erlang:error(gone).
