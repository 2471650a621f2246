const 名前 = '世界', v = 未定義.x;
